// Records of a shop as a seed makes them, for searching: words by Zipf's law, ids, addresses, amounts.
import { randomFrom } from "../../src/shared/base/random.test-support.js";
import type { AgentRecord, AgentRecordBody } from "../../src/shared/protocol/agent-records.js";
import { seq } from "../../src/shared/trace/time.js";
import { objectId } from "../../src/shared/trace/value.js";

export const startNs = 1_790_000_000_000_000_000n;
const recordsPerMs = 50;
const perBatch = 20_000;
const routes = ["/orders/:id", "/orders", "/users/:id/cart", "/checkout", "/api/v1/items/:item/stock"];
const letters = "etaoinshrdlucmfwypvbgkqjxz";

export interface Shop {
  random(): number;
  batches(): Generator<readonly AgentRecord[]>;
  clockMs(): number;
  /** Of a user or a request that there was. */
  someId(): string;
  commonWord(): string;
  someWord(): string;
}

export function makeShop(seed: number, rows: number): Shop {
  const random = randomFrom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const vocabulary = Array.from({ length: 5000 }, () =>
    Array.from({ length: 4 + below(6) }, () => letters[Math.floor(random() * random() * 26)]).join(""),
  );
  const word = (): string => vocabulary[Math.floor(vocabulary.length ** random()) - 1] ?? "the";
  const hex = (length: number): string => Array.from({ length }, () => below(16).toString(16)).join("");
  const userId = (): string => `usr_${String(below(2_000_000)).padStart(7, "0")}`;
  const ids: string[] = [];
  let [number, spans] = [0, 0];
  const clockMs = (): number => number / recordsPerMs;
  const put = (body: AgentRecordBody): AgentRecord => ({ ...body, seq: seq(++number), clockMs: clockMs() });

  const row = (): AgentRecord[] => {
    const what = random();
    if (what < 0.5) {
      const name = 1 + below(4);
      const how = name === 1 ? "accepted" : name === 2 ? "settled" : word();
      const user = userId();
      if (number % 1009 === 0) ids.push(user);
      const attributes = {
        "http.route": routes[below(routes.length)] ?? "",
        "user.id": user,
        "order.id": below(1e9),
        amount: below(1e5) / 100,
        note: `${word()} ${word()} ${how}`,
      };
      return [put({ kind: "event", name, span: 0, attributes })];
    }
    if (what < 0.8) {
      const request = `req_${hex(12)}`;
      if (number % 1013 === 0) ids.push(request);
      const body = `${word()} ${word()} ${word()} ${request} took ${below(1000)} ms`;
      return [put({ kind: "log", severity: 9, span: 0, source: 6, body, attributes: {} })];
    }
    if (what < 0.9) {
      const value = { kind: "primitive", value: `${word()} ${below(1e6)}` } as const;
      const operation = { kind: "set", target: objectId(1 + below(1000)), key: word(), value } as const;
      return [put({ kind: "write", span: 0, location: 0, afterMs: Number.NaN, operation })];
    }
    const span = ++spans;
    const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => 1 + below(255));
    return [
      put({
        kind: "span-start",
        span,
        parent: 0,
        name: 5,
        spanKind: "server",
        traceId: bytes(16),
        spanId: bytes(8),
        parentSpanId: new Uint8Array(8),
        attributes: { "url.path": `/orders/${below(1e9)}` },
      }),
      put({ kind: "span-end", span, status: "ok", name: 0, attributes: { "http.response.status_code": 200 } }),
    ];
  };

  return {
    random,
    *batches() {
      const names = ["order.placed", "order.paid", "cart.changed", "checkout.failed", "GET /orders", "console"];
      let batch = names.map((text, at) => put({ kind: "string", id: at + 1, text }));
      for (let left = rows; left > 0; left--) {
        batch.push(...row());
        if (batch.length < perBatch) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    },
    clockMs,
    someId: () => ids[below(ids.length)] ?? "",
    commonWord: () => vocabulary[below(20)] ?? "the",
    someWord: word,
  };
}
