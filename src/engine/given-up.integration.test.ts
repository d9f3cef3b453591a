// Calls about state that are given up: at every place where that is looked at, one after the other.
import { afterAll, describe, expect, it } from "vitest";
import type { CancelSignal } from "../shared/base/cancel.js";
import type { CallArgs } from "../shared/protocol/engine-calls.js";
import { TestEngine } from "./engine.test-support.js";

/** Says that it is too late when it is looked at for the time after `looks`. */
function givenUpAfter(looks: number): CancelSignal & { readonly wasSeen: boolean } {
  let left = looks;
  let wasSeen = false;
  return {
    get aborted() {
      wasSeen ||= left <= 0;
      return left-- <= 0;
    },
    get wasSeen() {
      return wasSeen;
    },
    onAbort: () => () => undefined,
  };
}

/** Of a history, of a whole scope, of a step. */
const leastStops = [3, 1, 1];

describe("a call about state that is given up", () => {
  const engine = new TestEngine();
  afterAll(() => engine.dispose());

  it("stops at whatever it is doing, and spoils nothing for who asks next", async () => {
    const { recordingId, start } = await engine.call("recording.open", { path: "recordings/ledger-first.hindcast" });
    const fresh = new TestEngine();
    const other = await fresh.call("recording.open", { path: "recordings/ledger-first.hindcast" });
    try {
      const about = (id: string) => ({ recordingId: id, process: 1, scope: "ledger" });
      const at = { kind: "instant", instant: start + 10_000_000_000n } as const;
      const history: Omit<CallArgs<"state.history">, "recordingId"> = {
        process: 1,
        scope: "ledger",
        path: "changes",
        limit: 5,
      };
      const calls = [
        {
          asked: (signal: CancelSignal) => engine.handlers["state.history"]({ recordingId, ...history }, signal),
          twin: () => fresh.try("state.history", { recordingId: other.recordingId, ...history }),
        },
        {
          asked: (signal: CancelSignal) => engine.handlers["state.at"]({ ...about(recordingId), at }, signal),
          twin: () => fresh.try("state.at", { ...about(other.recordingId), at }),
        },
        {
          asked: (signal: CancelSignal) =>
            engine.handlers["timeline.step"]({ recordingId, from: at, direction: "next", kind: "write" }, signal),
          twin: () =>
            fresh.try("timeline.step", { recordingId: other.recordingId, from: at, direction: "next", kind: "write" }),
        },
      ];
      const stops: number[] = [];
      for (const { asked, twin } of calls) {
        let looks = 0;
        for (; ; looks++) {
          const signal = givenUpAfter(looks);
          const answer = await asked(signal);
          if (answer.ok) {
            expect(answer).toEqual(await twin());
            break;
          }
          expect([answer.error.code, signal.wasSeen]).toEqual(["cancelled", true]);
        }
        stops.push(looks);
      }
      // In its turn, before each segment, before what is fetched.
      expect(stops.map((looks, at) => looks >= (leastStops[at] ?? 0))).toEqual([true, true, true]);
    } finally {
      await fresh.dispose();
    }
  });

  it("reads the first writes of a path before it has looked for the last", async () => {
    const { recordingId } = await engine.call("recording.open", { path: "recordings/ledger-first.hindcast" });
    const about = { recordingId, process: 1, scope: "ledger", path: "changes" };
    const whole = await engine.call("state.history", { ...about, limit: 100_000 });
    const fresh = new TestEngine();
    try {
      const other = {
        ...about,
        recordingId: (await fresh.call("recording.open", { path: "recordings/ledger-first.hindcast" })).recordingId,
      };
      const found: unknown[] = [];
      let after = 0;
      for (;;) {
        const page = await fresh.call("state.history", { ...other, after, limit: 150 });
        found.push(...page.writes);
        if (page.writes.length < 150) expect(page.isWhole).toBe(true);
        const last = page.writes.at(-1);
        if (last === undefined) break;
        after = last.seq;
      }
      expect(found).toEqual(whole.writes);
      expect(whole.isWhole).toBe(true);
    } finally {
      await fresh.dispose();
    }
  });
});
