// Calls that read a recording and whose asker has gone: none of them asks the file anything.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CancelSource } from "../shared/base/cancel.js";
import type { CallArgs, EngineCallName } from "../shared/protocol/engine-calls.js";
import { TestEngine } from "./engine.test-support.js";

type Reading = { [Name in EngineCallName]?: Omit<CallArgs<Name>, "recordingId"> };

describe("a call whose asker has gone", () => {
  const engine = new TestEngine();
  afterAll(() => engine.dispose());
  let recordingId = "";
  let calls: Reading = {};

  beforeAll(async () => {
    const opened = await engine.call("recording.open", { path: "recordings/ledger-first.hindcast" });
    recordingId = opened.recordingId;
    const { start: from, end: to } = opened;
    const range = { from, to };
    const instant = from + (to - from) / 2n;
    const at = { kind: "instant", instant } as const;
    const [series] = await engine.call("metrics.list", { recordingId });
    const of = [series?.series ?? 0];
    calls = {
      "recording.exportSize": { stretch: undefined },
      "recording.missing": {},
      "rules.backtest": { source: 'when count(log, 5s) > 1 { log("x") }', name: "test", ...range },
      "timeline.density": { ...range, buckets: 100 },
      "timeline.marks": {},
      "timeline.step": { from: at, direction: "next", kind: "event" },
      "state.at": { process: 1, scope: "ledger", at },
      "state.scopes": { process: 1, at, offset: 0, limit: 100 },
      "state.history": { process: 1, scope: "ledger", path: "changes", limit: 5 },
      "spans.range": { ...range, limit: 100 },
      "spans.count": range,
      "traces.range": { ...range, order: "longest", limit: 100 },
      "sources.list": {},
      "events.range": { ...range, limit: 100 },
      "events.around": { instant, before: 5, after: 5 },
      "logs.page": { ...range, first: 0, limit: 10 },
      "logs.around": { instant, before: 5, after: 5, ...range },
      "search.page": { text: "order", order: "newest", limit: 10 },
      "requests.routes": range,
      "ids.rows": { id: "1", limit: 10 },
      "services.graph": range,
      "metrics.list": {},
      "metrics.range": { series: of, ...range, points: 100 },
      "metrics.slices": { series: of, ...range, slices: 100 },
    } satisfies Reading;
  });

  it("is answered that it was cancelled, whatever it asks for", async () => {
    const gone = new CancelSource();
    gone.abort();
    for (const [name, args] of Object.entries(calls)) {
      const ask = engine.handlers[name as "recording.missing"];
      const asked = { recordingId, ...args };
      expect([name, await ask(asked, gone)]).toEqual([
        name,
        { ok: false, error: expect.objectContaining({ code: "cancelled" }) as unknown },
      ]);
    }
    for (const [name, args] of Object.entries(calls)) {
      const { ok } = await engine.try(name as "recording.missing", { recordingId, ...args });
      expect([name, ok]).toEqual([name, true]);
    }
  });
});
