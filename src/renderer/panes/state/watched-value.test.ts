import { describe, expect, it } from "vitest";
import { ok } from "../../../shared/base/result.js";
import type { WriteEntry } from "../../../shared/protocol/engine-rows.js";
import {
  openTestRecording,
  second,
  settled,
  start,
  summaryOf,
  testEngine,
  testFrames,
} from "../../state/engine.test-support.js";
import { Playhead } from "../../state/playhead.svelte.js";
import { WatchedValue } from "./watched-value.svelte.js";

const value = { process: 1, scope: "s", path: "a" };
const write = (seq: number, path: string): WriteEntry => ({
  process: 1,
  seq,
  instant: start + BigInt(seq * second),
  scope: "s",
  path,
  operation: "set",
  oldText: "",
  newText: "1",
});
/** Write 2 is of the value itself, write 4 inside it; the scope's last write is the one at each second. */
const writes = [write(2, "a"), write(4, "a.b")];

describe("WatchedValue", () => {
  it("says when the playhead stands on a write of it, or inside it", async () => {
    const asked: string[] = [];
    const engine = testEngine({
      "state.value": ({ at }) => {
        asked.push(at.kind);
        const seq = at.kind === "seq" ? at.seq : Math.floor(Number(at.instant - start) / second);
        const last = { seq, instant: start + BigInt(seq * second) };
        return Promise.resolve(ok({ text: "1", type: "number", isChanged: seq === 2, previous: "0", ...last }));
      },
      "state.history": () => Promise.resolve(ok({ total: 2, isWhole: true, missing: [], evicted: [], writes })),
    });
    const recording = openTestRecording(engine, summaryOf(10));
    const playhead = new Playhead(recording, testFrames());
    const watched = new WatchedValue(recording, playhead, value);
    watched.loadHistory();
    const seen: string[] = [];
    const look = async () => {
      watched.loadNow();
      if (watched.isLate) seen.push("late");
      await settled();
      seen.push(watched.isChangedNow ? "now" : watched.isChangedInside ? "inside" : "no");
    };
    for (const [process, seq] of [
      [1, 2],
      [1, 3],
      [1, 4],
      [2, 4],
    ] as const) {
      playhead.moveToPosition({ process, seq, instant: start + BigInt(seq * second) });
      await look();
    }
    playhead.moveTo(2.5 * second);
    await look();
    expect(seen).toEqual(["now", "late", "no", "late", "inside", "late", "inside", "late", "no"]);
    // A record of another process is only an instant here.
    expect(asked).toEqual(["seq", "seq", "seq", "instant", "instant"]);
  });
});
