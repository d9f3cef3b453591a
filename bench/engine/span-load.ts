// Spans of a made-up service, to be looked at from near and far: requests by many at once, each with its calls one after the
// other, most of them over in milliseconds and one of a hundred in a second; connections that are kept for minutes, and some of them never
// end. The same for the same seed.
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import type { AgentRecord, AgentRecordBody } from "../../src/shared/protocol/agent-records.js";
import { seq } from "../../src/shared/trace/time.js";

/** Who asks one request after the other. */
const askers = 40;
/** Who keeps a connection open for minutes, and opens the next. */
const kept = 5;
const callsOfRequest = 4;
const perBatch = 20_000;
const routes = ["GET /orders", "POST /orders", "GET /accounts/:id", "POST /transfers", "GET /health"];
const calls = ["pg.query SELECT orders", "fetch accounts", "redis GET", "serialize"];
const connection = 1 + routes.length + calls.length;

export interface SpanLoad {
  batches(): Generator<readonly AgentRecord[]>;
  clockMs(): number;
  written(): number;
}

export function spanLoad(spans: number, seed: number): SpanLoad {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => 1 + below(255));
  let [number, nowMs, begun] = [0, 0, 0];
  const put = (body: AgentRecordBody): AgentRecord => ({ ...body, seq: seq(++number), clockMs: nowMs });

  const begin = (name: number, parent: number, traceId: Uint8Array, spanId: Uint8Array, parentId?: Uint8Array) =>
    put({
      kind: "span-start",
      span: ++begun,
      parent,
      spanKind: parent === 0 ? "server" : "client",
      name,
      traceId,
      spanId,
      parentSpanId: parentId ?? new Uint8Array(8),
      attributes: parent === 0 ? { "url.path": `/orders/${below(1e6)}` } : {},
    });
  const end = (span: number, status: "ok" | "error"): AgentRecord =>
    put({
      kind: "span-end",
      span,
      status,
      name: 0,
      attributes: { "http.response.status_code": status === "ok" ? 200 : 500 },
    });
  const lengthMs = (): number => Math.exp(1 + 1.2 * (random() + random() + random() + random() - 2) * 1.7);

  /** Records of one asker, each with how long nothing follows. */
  function* requests(): Generator<readonly [AgentRecord, waitMs: number], never> {
    for (;;) {
      const [traceId, rootId, slow] = [bytes(16), bytes(8), below(100) === 0 ? 60 : 1];
      const first = begin(1 + below(routes.length), 0, traceId, rootId);
      const root = begun;
      yield [first, 0.2];
      const hasFailed = below(200) === 0;
      for (let call = 1; call <= callsOfRequest; call++) {
        const started = begin(1 + routes.length + below(calls.length), root, traceId, bytes(8), rootId);
        const own = begun;
        yield [started, lengthMs() * slow];
        yield [end(own, hasFailed && call === callsOfRequest ? "error" : "ok"), 0.05];
      }
      yield [end(root, hasFailed ? "error" : "ok"), lengthMs()];
    }
  }

  function* connections(): Generator<readonly [AgentRecord, waitMs: number], never> {
    for (;;) {
      const started = begin(connection, 0, bytes(16), bytes(8));
      const own = begun;
      yield [started, 60_000 * (0.5 + 5 * random())];
      // Some are never heard of again.
      if (below(20) > 0) yield [end(own, "ok"), 1000 * random()];
    }
  }

  return {
    clockMs: () => nowMs,
    written: () => number,
    *batches() {
      let batch: AgentRecord[] = [];
      for (const [at, text] of [...routes, ...calls, "websocket"].entries())
        batch.push(put({ kind: "string", id: at + 1, text }));
      const all = Array.from({ length: askers + kept }, (_, at) => ({
        records: at < askers ? requests() : connections(),
        nextMs: at,
      }));
      while (begun < spans) {
        const asker = all.reduce((first, one) => (one.nextMs < first.nextMs ? one : first));
        nowMs = asker.nextMs;
        const [record, waitMs] = asker.records.next().value;
        batch.push(record);
        asker.nextMs = nowMs + waitMs;
        if (batch.length < perBatch) continue;
        yield batch;
        batch = [];
      }
      yield batch;
    },
  };
}
