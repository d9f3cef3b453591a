import { describe, expect, it } from "vitest";
import { ok } from "../../shared/base/result.js";
import type { CallHandlers } from "../../shared/protocol/rpc.js";
import { openTestRecording, second, settled, start, summaryOf, testEngine, testFrames } from "./engine.test-support.js";
import { type MoveCause, Playhead } from "./playhead.svelte.js";

/** Records at 1 s, 2 s, 2 s (the same instant), 3 s; their seq is their place in the list. */
const recordTimes = [1, 2, 2, 3];

const step: CallHandlers["timeline.step"] = ({ from, direction }) => {
  const seqs = recordTimes.map((_, index) => index + 1);
  const timeOf = (seq: number) => start + BigInt((recordTimes[seq - 1] ?? 0) * second);
  const isBefore = (seq: number) => (from.kind === "seq" ? seq < from.seq : timeOf(seq) < from.instant);
  const isAfter = (seq: number) => (from.kind === "seq" ? seq > from.seq : timeOf(seq) > from.instant);
  const seq = direction === "next" ? seqs.find(isAfter) : seqs.findLast(isBefore);
  const position = seq === undefined ? undefined : { process: 1, seq, instant: timeOf(seq), what: `record ${seq}` };
  return Promise.resolve(ok({ position }));
};

const setUp = (seconds: number, state: "live" | "saved" = "saved") => {
  const frames = testFrames();
  const engine = testEngine({ "timeline.step": step });
  const recording = openTestRecording(engine, summaryOf(seconds, state));
  return { engine, frames, recording, playhead: new Playhead(recording, frames) };
};
const where = (playhead: Playhead) =>
  `${playhead.offsetNs / second}${playhead.at.kind === "seq" ? ` after #${playhead.at.seq}` : ""}`;

describe("Playhead", () => {
  it("begins at the end, saved or live", () => {
    expect([where(setUp(10).playhead), where(setUp(10, "live").playhead)]).toEqual(["10", "10"]);
  });

  it("stays within the recording", () => {
    const { playhead } = setUp(10);
    playhead.moveTo(-5);
    expect(where(playhead)).toBe("0");
    playhead.moveTo(99 * second);
    expect(where(playhead)).toBe("10");
  });

  it("steps record by record, also where several share an instant", async () => {
    const { playhead } = setUp(10);
    playhead.scrubTo(0);
    const seen: string[] = [];
    for (let i = 0; i < 5; i++) {
      await playhead.step("next", "event");
      seen.push(where(playhead));
    }
    expect(seen).toEqual(["1 after #1", "2 after #2", "2 after #3", "3 after #4", "3 after #4"]);
    expect(playhead.lastStep).toBe("No later event");
    await playhead.step("previous", "event");
    expect(where(playhead)).toBe("2 after #3");
    expect(playhead.lastStep).toBe("record 3");
  });

  it("takes every one of several steps asked for at once", async () => {
    const { playhead } = setUp(10);
    playhead.scrubTo(0);
    await Promise.all([playhead.step("next"), playhead.step("next"), playhead.step("next"), playhead.step("previous")]);
    expect(where(playhead)).toBe("2 after #2");
  });

  it("is merely at an instant again after any other move", async () => {
    const { playhead } = setUp(10);
    playhead.scrubTo(0);
    await playhead.step("next");
    playhead.scrubTo(playhead.offsetNs);
    expect(playhead.at).toEqual({ kind: "instant", instant: start + BigInt(second) });
  });

  it("goes back and forth through its jumps, exact positions included", async () => {
    const { playhead } = setUp(10);
    playhead.scrubTo(0);
    await playhead.step("next");
    playhead.moveTo(7 * second);
    playhead.moveTo(8 * second);
    const seen = [playhead.goBack, playhead.goBack, playhead.goBack, playhead.goBack, playhead.goForward].map((go) => {
      go.call(playhead);
      return where(playhead);
    });
    expect(seen).toEqual(["7", "1 after #1", "1 after #1", "1 after #1", "7"]);
  });

  it("follows a live recording until it is moved, and again after Go live", async () => {
    const { engine, playhead } = setUp(10, "live");
    await settled();
    const grow = async (seconds: number, state: "live" | "saved" = "live") => {
      engine.notify({ kind: "recording-changed", summary: summaryOf(seconds, state) });
      await settled();
      return where(playhead);
    };
    expect(await grow(11)).toBe("11");
    playhead.moveTo(4 * second);
    expect(await grow(12)).toBe("4");
    playhead.goLive();
    expect(where(playhead)).toBe("12");
    expect(await grow(13, "saved")).toBe("13");
    expect(playhead.followsLive).toBe(false);
  });

  it("plays at its speed to the end and stops there", () => {
    const { playhead, frames } = setUp(10);
    playhead.setSpeed(2);
    playhead.play();
    const seen = [16, 500, 1000, 3000, 2000].map((ms) => {
      frames.pass(ms);
      return playhead.offsetNs / second;
    });
    expect(seen).toEqual([0, 1, 3, 9, 10]);
    expect([playhead.isPlaying, frames.isRunning]).toEqual([false, false]);
    playhead.play();
    expect(where(playhead)).toBe("0");
  });

  it("stops playing when paused or stepped", async () => {
    const { playhead, frames } = setUp(10);
    playhead.play();
    frames.pass(16);
    await playhead.step("next");
    expect([playhead.isPlaying, frames.isRunning, where(playhead)]).toEqual([false, false, "1 after #1"]);
  });

  it("catches up with a live recording and follows it from then on", () => {
    const { playhead, frames } = setUp(10, "live");
    playhead.moveTo(9 * second);
    playhead.play();
    frames.pass(16);
    frames.pass(1500);
    expect([where(playhead), playhead.isPlaying, playhead.followsLive]).toEqual(["10", false, true]);
  });

  it("tells why it moved", () => {
    const { playhead } = setUp(10);
    const causes: MoveCause[] = [];
    playhead.onMoved((cause) => causes.push(cause));
    playhead.moveTo(1);
    playhead.scrubTo(2);
    playhead.endScrub();
    expect(causes).toEqual(["jump", "scrub", "scrub-end"]);
  });

  it("keeps the place and the reason when a step fails", async () => {
    const engine = testEngine({});
    const playhead = new Playhead(openTestRecording(engine, summaryOf(10)), testFrames());
    playhead.moveTo(3 * second);
    await playhead.step("next");
    expect([where(playhead), playhead.stepFailure?.code]).toEqual(["3", "bad-request"]);
  });
});
