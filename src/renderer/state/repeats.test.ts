import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hindcastError } from "../../shared/protocol/errors.js";
import { openTestRecording, second, summaryOf, testEngine } from "./engine.test-support.js";
import type { Loaded } from "./loaded.js";
import { type Pace, Repeats } from "./repeats.svelte.js";

const ready: Loaded<string> = { status: "ready", value: "" };

async function liveRecording(seconds: number) {
  const engine = testEngine({});
  await vi.advanceTimersByTimeAsync(5);
  const recording = openTestRecording(engine, summaryOf(seconds, "live"));
  const grow = async (to: number, state: "live" | "saved" = "live") => {
    engine.notify({ kind: "recording-changed", summary: summaryOf(to, state) });
    await vi.advanceTimersByTimeAsync(5);
  };
  const repeats = (pace?: Pace, answer = { loaded: ready }) => new Repeats(recording, answer, pace);
  return { grow, repeats };
}

describe("Repeats", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("asks once about what is settled, however the recording grows", async () => {
    const { grow, repeats } = await liveRecording(60);
    const settled = repeats();
    const asked = [settled.isDue({ at: 40n }, 40 * second)];
    for (const seconds of [61, 62, 63]) {
      await grow(seconds);
      asked.push(settled.isDue({ at: 40n }, 40 * second));
    }
    expect(asked).toEqual([true, false, false, false]);
  });

  it("asks with each growth about the last seconds, and a last time once they are settled", async () => {
    const { grow, repeats } = await liveRecording(60);
    const late = repeats();
    const asked = [late.isDue({ at: 50n }, 50 * second), late.isDue({ at: 50n }, 50 * second)];
    for (const seconds of [61, 62, 63, 64]) {
      await grow(seconds);
      asked.push(late.isDue({ at: 50n }, 50 * second));
    }
    expect(asked).toEqual([true, false, true, true, true, false]);
  });

  it("tells a repeat from another question", async () => {
    const { grow, repeats } = await liveRecording(60);
    const one = repeats();
    const ask = (at: bigint) => [one.isDue({ at }, 60 * second), one.isRepeat];
    const first = ask(1n);
    await grow(61);
    expect([first, ask(1n), ask(2n)]).toEqual([
      [true, false],
      [true, true],
      [true, false],
    ]);
  });

  it("compares by value, and asks what differs at once", async () => {
    const { repeats } = await liveRecording(60);
    const one = repeats();
    const ask = (scope: string, at: bigint) => one.isDue({ scope: { name: scope }, at }, 0);
    expect([ask("a", 1n), ask("a", 1n), ask("b", 1n), ask("b", 2n)]).toEqual([true, false, true, true]);
  });

  it("asks at most once a second at that pace, and at the end", async () => {
    const { grow, repeats } = await liveRecording(60);
    await grow(61);
    const slow = repeats("second");
    const asked = [slow.isDue("all", Infinity)];
    await grow(61.2);
    asked.push(slow.isDue("all", Infinity));
    await vi.advanceTimersByTimeAsync(1000);
    asked.push(slow.isDue("all", Infinity), slow.isDue("all", Infinity));
    await grow(62, "saved");
    asked.push(slow.isDue("all", Infinity));
    expect(asked).toEqual([true, false, true, false, true]);
  });

  it("asks again when told to, and after growth where the answer failed, but not where it was cancelled", async () => {
    const { grow, repeats } = await liveRecording(60);
    const lost = repeats("growth", { loaded: { status: "failed", error: hindcastError("recording-closed") } });
    const cancelled = repeats("growth", { loaded: { status: "failed", error: hindcastError("cancelled") } });
    const both = () => [lost.isDue("", 0), cancelled.isDue("", 0)];
    const asked = [both(), both()];
    await grow(61);
    asked.push(both());
    cancelled.retry();
    asked.push(both());
    expect(asked).toEqual([
      [true, true],
      [false, false],
      [true, false],
      [false, true],
    ]);
  });
});
