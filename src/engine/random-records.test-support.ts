// Records of one process as a seed makes them, kept beside what they mean, so that answers about them can be worked out
// the slow, obvious way.
import type { AgentRecord } from "../shared/protocol/agent-records.js";
import { instantFromClock } from "../shared/trace/time.js";
import { objectId } from "../shared/trace/value.js";
import { randomFrom } from "../shared/base/random.test-support.js";
import { RecordMaker } from "./socket-agent.test-support.js";

interface Placed {
  readonly process: number;
  readonly seq: number;
  readonly instant: bigint;
}
export interface MadeLog extends Placed {
  readonly severity: number;
  readonly body: string;
}
export interface MadeSpan extends Placed {
  readonly number: number;
  readonly parent: number;
  readonly status: number;
  readonly end: { readonly seq: number; readonly instant: bigint } | undefined;
}
export interface MadeSample extends Placed {
  readonly series: number;
  readonly value: number;
}

export interface Made {
  readonly records: AgentRecord[];
  readonly events: Placed[];
  readonly logs: MadeLog[];
  readonly spans: MadeSpan[];
  readonly samples: MadeSample[];
  readonly writes: Placed[];
}

const words = ["transfer", "repeated", "hold", "released", "Ünïcode", "100%", "it's", "account_7"];
const severities = [1, 5, 9, 9, 9, 13, 17, 21];

/** Equal clock readings happen on purpose: many records then share an instant. */
export function makeRecords(seed: number, process: number, timeOriginMs: number, count: number): Made {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick = <Value>(list: readonly Value[], otherwise: Value): Value => list[below(list.length)] ?? otherwise;
  const maker = new RecordMaker();
  const made: Made = { records: [], events: [], logs: [], spans: [], samples: [], writes: [] };
  const open = new Map<number, number>();
  let clockMs = 10;
  let nextSpan = 1;

  const put = (body: Parameters<RecordMaker["make"]>[0]): Placed => {
    const record = maker.make(body, clockMs);
    made.records.push(record);
    return { process, seq: record.seq, instant: instantFromClock(timeOriginMs, clockMs) };
  };
  put({ kind: "string", id: 1, text: "did" });
  put({ kind: "string", id: 2, text: "console" });
  for (const series of [1, 2]) put({ kind: "series", id: series, name: 1, unit: 0, attributes: { series } });

  for (let left = count; left > 0; left--) {
    if (random() < 0.7) clockMs += Math.round(random() * random() * 4000) / 1000;
    const what = random();
    const within = open.size === 0 || random() < 0.3 ? 0 : pick([...open.keys()], 0);
    if (what < 0.15) made.events.push(put({ kind: "event", name: 1, span: within, attributes: { left } }));
    else if (what < 0.4) {
      const [severity, body] = [pick(severities, 9), `${pick(words, "")} ${pick(words, "")} ${left}`];
      made.logs.push({
        ...put({ kind: "log", severity, span: within, source: 2, body, attributes: {} }),
        severity,
        body,
      });
    } else if (what < 0.55) {
      const number = nextSpan++;
      const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => 1 + below(255));
      const placed = put({
        kind: "span-start",
        span: number,
        parent: within,
        name: 1,
        spanKind: "server",
        traceId: bytes(16),
        spanId: bytes(8),
        parentSpanId: new Uint8Array(8),
        attributes: {},
      });
      open.set(number, made.spans.length);
      made.spans.push({ ...placed, number, parent: within, status: 0, end: undefined });
    } else if (what < 0.68 && open.size > 0) {
      const [number, at] = pick([...open], [0, 0]);
      open.delete(number);
      const isError = random() < 0.2;
      const { seq, instant } = put({
        kind: "span-end",
        span: number,
        status: isError ? "error" : "ok",
        name: 0,
        attributes: {},
      });
      const begun = made.spans[at];
      if (begun !== undefined) made.spans[at] = { ...begun, status: isError ? 2 : 1, end: { seq, instant } };
    } else if (what < 0.9) {
      const [series, value] = [1 + below(2), Math.round(random() * 1e4) / (1 + below(3))];
      made.samples.push({ ...put({ kind: "metric", series, value }), series, value });
    } else {
      const operation = {
        kind: "set",
        target: objectId(1),
        key: "n",
        value: { kind: "primitive", value: left },
      } as const;
      made.writes.push(put({ kind: "write", span: within, location: 0, afterMs: NaN, operation }));
    }
  }
  return made;
}

export const inOrder = (a: Placed, b: Placed): number =>
  a.instant < b.instant ? -1 : a.instant > b.instant ? 1 : a.process - b.process || a.seq - b.seq;
