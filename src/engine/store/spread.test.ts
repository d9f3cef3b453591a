import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { spreadOver } from "./spread.js";

/** Each record by itself: of `count` the last is at the end of the bucket, and they are as far from each other as can be. */
function slow(slices: number, lengthNs: number, starts: Float64Array, counts: Float64Array, widthNs: number): number[] {
  const found = new Array<number>(slices).fill(0);
  for (const [row, start] of starts.entries()) {
    const [since, until] = [start < 0 ? 0 : start, start + widthNs < lengthNs ? start + widthNs : lengthNs];
    const count = counts[row] ?? 0;
    for (let at = 1; at <= count; at++) {
      const isBefore = (end: number): boolean => (until - since) * at <= (end - since) * count;
      const slice = found.findIndex((_, one) => isBefore(Math.ceil(((one + 1) * lengthNs) / slices)));
      found[slice] = (found[slice] ?? 0) + 1;
    }
  }
  return found;
}

describe("spreadOver", () => {
  it("shares a bucket among the slices it overlaps", () => {
    const slices = new Uint32Array(5);
    spreadOver(slices, 50, Float64Array.of(-10, 20), Float64Array.of(4, 10), 30);
    expect([...slices]).toEqual([2, 2, 3, 3, 4]);
  });

  it.each([1, 2, 3])("gives whole numbers that add up, as each record by itself does, seed %d", (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    for (let turn = 0; turn < 300; turn++) {
      const [lengthNs, widthNs] = [1 + below(200), 1 + below(30)];
      const first = -below(widthNs);
      const starts = Float64Array.from(
        { length: Math.ceil((lengthNs - first) / widthNs) },
        (_, at) => first + at * widthNs,
      );
      const counts = starts.map(() => below(below(2) === 0 ? 4 : 60));
      const slices = new Uint32Array(1 + below(lengthNs));
      spreadOver(slices, lengthNs, starts, counts, widthNs);
      expect([...slices]).toEqual(slow(slices.length, lengthNs, starts, counts, widthNs));
    }
  });
});
