import { describe, expect, it } from "vitest";
import * as v from "valibot";
import { type CallProgress, partOf, askerWith, shareOf } from "../base/asker.js";
import { neverCancelled } from "../base/cancel.js";
import { randomFrom } from "../base/random.test-support.js";
import { ThinnedProgress, callProgress } from "./progress.js";

/** What is sent of what a test tells, on a clock of the test's. */
function thinned() {
  const sent: CallProgress[] = [];
  let nowMs = 0;
  const progress = new ThinnedProgress(
    (told) => sent.push(told),
    () => nowMs,
  );
  return { sent, progress, pass: (ms: number) => (nowMs += ms) };
}

describe("ThinnedProgress", () => {
  for (let seed = 1; seed <= 20; seed++) {
    it(`sends ten times a second at most, never backwards, and ends with all of it (seed ${seed})`, () => {
      const random = randomFrom(seed);
      const below = (end: number): number => Math.floor(random() * end);
      const { sent, progress, pass } = thinned();
      let passedMs = 0;
      for (let at = 0; at < 500; at++) {
        const ms = below(30);
        passedMs += ms;
        pass(ms);
        // Work that begins again, knows more of itself, or tells nonsense.
        const total = below(8) === 0 ? undefined : 1 + below(1000);
        const done = below(20) === 0 ? Number.NaN : below(1100);
        progress.tell({ phase: at < 250 ? "one" : "two", done, total, unit: "rows" });
      }
      progress.end();
      expect(sent.length).toBeGreaterThan(2);
      expect(sent.length).toBeLessThanOrEqual(passedMs / 100 + 1);
      for (const [at, told] of sent.entries()) {
        expect(v.parse(callProgress, told)).toEqual(told);
        const before = sent[at - 1];
        if (before?.phase !== told.phase) continue;
        expect(told.done).toBeGreaterThanOrEqual(before?.done ?? 0);
        expect(shareOf(told) ?? 0).toBeGreaterThanOrEqual(shareOf(before ?? told) ?? 0);
      }
      const last = sent.at(-1);
      expect(last?.done).toBe(last?.total ?? last?.done);
    });
  }

  it("sends nothing of what is soon over", () => {
    const { sent, progress, pass } = thinned();
    pass(99);
    progress.tell({ done: 1, total: 2, unit: "rows" });
    progress.end();
    expect(sent).toEqual([]);
  });

  it("cuts a phase that is too long for the boundary", () => {
    const { sent, progress, pass } = thinned();
    pass(100);
    progress.tell({ phase: "x".repeat(500), done: 0, unit: "files" });
    expect(sent.map((told) => v.is(callProgress, told))).toEqual([true]);
  });
});

it("tells the shares of parts as parts of the whole", () => {
  const told: string[] = [];
  const asker = askerWith(neverCancelled, ({ done, total }) => told.push(`${done}/${total}`));
  for (const part of [0, 1, 2]) partOf(asker, part, 3, "series").tell({ done: 5, total: 10, unit: "share" });
  partOf(asker, 0, 3, "series").tell({ done: 5, unit: "rows" });
  expect(told).toEqual(["0.5/3", "1.5/3", "2.5/3"]);
});
