import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { SliceEdges } from "./slice-edges.js";
import { floorTo, metricLevels } from "./zoom-levels.js";

const start = 1_790_000_000_123_456_789n;
const second = 1_000_000_000n;

describe("SliceEdges", () => {
  it.each([1, 2, 3])("finds the slice that whole numbers find, seed %d", (seed) => {
    const random = randomFrom(seed);
    const upTo = (exponent: number): bigint => BigInt(Math.floor(10 ** (random() * exponent)));
    for (let ranges = 200; ranges > 0; ranges--) {
      const since = start + upTo(15.5) - upTo(15.5);
      const range = { since, until: since + upTo(15.5) };
      const slices = 1 + Math.floor(random() * 4000);
      const level = metricLevels[Math.floor(random() * 8)];
      const edges = SliceEdges.of(range, slices, start, level);
      if (edges === undefined) throw new Error("too far for doubles");
      const [length, many] = [range.until - range.since, BigInt(slices)];
      for (let left = 40; left > 0; left--) {
        // Where slices begin, and right before that, is where rounding would show.
        const edge = (length * BigInt(Math.floor(random() * (slices + 1))) + many - 1n) / many;
        const at = range.since + edge - BigInt(Math.floor(random() * 2));
        if (at < range.since || at >= range.until) continue;
        const bucket = floorTo(level?.widthNs ?? 1n, at);
        const slow = (((bucket < range.since ? range.since : bucket) - range.since) * many) / length;
        expect(edges.sliceOf(Number(at - start))).toBe(Number(slow));
      }
    }
  });

  it("says where doubles do not do", () => {
    const of = (since: bigint, until: bigint) => SliceEdges.of({ since, until }, 10, start, undefined);
    expect([of(0n, start), of(start, 2n ** 62n), of(-5n, 2n ** 200n)]).toEqual([undefined, undefined, undefined]);
    expect(of(start - 1000n * second, start + second)).toBeDefined();
  });
});
