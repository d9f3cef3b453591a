// A made-up program's records for the window: requests with what they call, lines of log, metrics and writes to state, one
// after the other on one clock. The same for the same seed.
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import type { AgentRecord, AgentRecordBody } from "../../src/shared/protocol/agent-records.js";
import { seq } from "../../src/shared/trace/time.js";
import { StateWrites } from "../engine/state-writes.js";

export interface BusySize {
  readonly spans: number;
  readonly logs: number;
  readonly seed: number;
}

export const timeOriginMs = 1_790_000_000_000;
/** Seen in every thousandth line: what a filter looks for. */
export const rareWord = "overdrawn";

const scopes = 50;
const spansOfRequest = 5;
const msBetweenRequests = 1;
const metricsOf = ["http.active", "queue.length", "cache.hits", "heap.used", "loop.delay"];
const routes = ["GET /orders", "POST /orders", "GET /accounts/:id", "POST /transfers", "GET /health"];
const calls = ["pg.query SELECT orders", "fetch accounts", "redis GET", "serialize"];
const perBatch = 20_000;
const [firstRoute, firstCall, firstMetric] = [1, 1 + routes.length, 1 + routes.length + calls.length];
const source = firstMetric + metricsOf.length;

/** Batches without end to whoever stops asking; `clockMs` is how far the program has come. */
export interface BusyProgram {
  batches(): Generator<readonly AgentRecord[]>;
  clockMs(): number;
  written(): number;
}

export function busyProgram({ spans, logs, seed }: BusySize): BusyProgram {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => 1 + below(255));
  const state = new StateWrites(seed);
  const requests = Math.ceil(spans / spansOfRequest);
  const linesOfRequest = logs / requests;
  let [number, nowMs, span, lines] = [0, 0, 0, 0];
  const put = (body: AgentRecordBody, atMs = nowMs): AgentRecord => ({ ...body, seq: seq(++number), clockMs: atMs });

  function* definitions(): Generator<AgentRecord> {
    for (const [at, text] of [...routes, ...calls, ...metricsOf, "console"].entries())
      yield put({ kind: "string", id: at + 1, text });
    for (const at of metricsOf.keys())
      yield put({ kind: "series", id: at + 1, name: firstMetric + at, unit: 0, attributes: {} });
    for (const operation of state.beginning(scopes))
      yield put({ kind: "write", span: 0, location: 0, afterMs: Number.NaN, operation });
  }

  /** Its calls follow each other, and now and then one of them fails. */
  function* request(index: number): Generator<AgentRecord> {
    nowMs = (index + 1) * msBetweenRequests;
    const traceId = bytes(16);
    const [rootId, root] = [bytes(8), ++span];
    const start = (own: number, name: number, isRoot: boolean, spanId: Uint8Array): AgentRecordBody => ({
      kind: "span-start",
      span: own,
      parent: isRoot ? 0 : root,
      spanKind: isRoot ? "server" : "client",
      name,
      traceId,
      spanId,
      parentSpanId: isRoot ? new Uint8Array(8) : rootId,
      attributes: isRoot ? { "url.path": `/orders/${below(1e6)}` } : {},
    });
    const end = (own: number, status: "ok" | "error"): AgentRecordBody => ({
      kind: "span-end",
      span: own,
      status,
      name: 0,
      attributes: status === "ok" ? { "http.response.status_code": 200 } : { "http.response.status_code": 500 },
    });
    yield put(start(root, firstRoute + below(routes.length), true, rootId));
    const hasFailed = below(200) === 0;
    const stepMs = (0.8 * msBetweenRequests) / (spansOfRequest - 1);
    for (let call = 1; call < spansOfRequest; call++) {
      const own = ++span;
      yield put(start(own, firstCall + below(calls.length), false, bytes(8)));
      nowMs += stepMs * (0.2 + 0.7 * random());
      yield put(end(own, hasFailed && call === spansOfRequest - 1 ? "error" : "ok"));
    }
    yield put({ kind: "write", span: root, location: 0, afterMs: Number.NaN, operation: state.next() });
    for (; lines < (index + 1) * linesOfRequest; lines++) {
      const body = `order ${below(1e6)} of user ${below(5000)} took ${below(900)} ms${lines % 1000 === 0 ? ` ${rareWord}` : ""}`;
      yield put({ kind: "log", severity: lines % 50 === 0 ? 13 : 9, span: root, source, body, attributes: {} });
    }
    if (index % 50 === 0)
      for (const at of metricsOf.keys())
        yield put({
          kind: "metric",
          series: at + 1,
          value: 100 * (at + 1) + 50 * Math.sin(index / 5000) + 20 * random(),
        });
    yield put(end(root, hasFailed ? "error" : "ok"));
  }

  return {
    *batches() {
      let batch: AgentRecord[] = [...definitions()];
      for (let index = 0; index < requests; index++) {
        batch.push(...request(index));
        if (batch.length < perBatch) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    },
    clockMs: () => nowMs,
    written: () => number,
  };
}
