import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { Alarm } from "./alarm.js";

/** Says when it rang. */
function alarm() {
  const rang: number[] = [];
  return { rang, alarm: new Alarm(() => rang.push(performance.now())) };
}

beforeEach(() => vi.useFakeTimers({ now: 0 }));
afterEach(() => vi.useRealTimers());

describe("Alarm", () => {
  it("rings once, when it was told to last, and not where it was stopped", () => {
    const { rang, alarm: one } = alarm();
    one.ringAt(100);
    vi.advanceTimersByTime(60);
    one.ringAt(160);
    one.ringAt(140);
    vi.advanceTimersByTime(1000);
    expect(rang).toEqual([140]);
    one.ringAt(1200);
    vi.advanceTimersByTime(100);
    one.stop();
    vi.advanceTimersByTime(1000);
    expect(rang).toEqual([140]);
  });

  it("runs no timer for each time that it is put off", () => {
    const { rang, alarm: one } = alarm();
    for (let at = 0; at < 1000; at += 10) {
      one.ringAt(at + 100);
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(1000);
    expect([rang, vi.getTimerCount()]).toEqual([[1090], 0]);
  });

  it.each([1, 2, 3])("rings when a timer that is cleared and set anew would, seed %i", (seed) => {
    const random = randomFrom(seed);
    const { rang, alarm: one } = alarm();
    const plainRang: number[] = [];
    let plain: ReturnType<typeof setTimeout> | undefined;
    for (let left = 300; left > 0; left--) {
      clearTimeout(plain);
      if (random() < 0.2) one.stop();
      else {
        const inMs = Math.floor(random() * 60);
        one.ringAt(performance.now() + inMs);
        plain = setTimeout(() => plainRang.push(performance.now()), inMs);
      }
      vi.advanceTimersByTime(Math.floor(random() * 40));
    }
    vi.advanceTimersByTime(1000);
    expect(rang.length).toBeGreaterThan(50);
    expect(rang).toEqual(plainRang);
  });
});
