import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { WordCounts, leastOften } from "./search-word-counts.js";

/** As hashes of words are: any 32 bits. */
const hashesOf = (seed: number): (() => number) => {
  const random = randomFrom(seed);
  return () => Math.floor(random() * 2 ** 32) | 0;
};

describe("WordCounts", () => {
  it.each([1, 2, 3])("finds a word that comes once in ten thousand, and hardly one that does not (seed %i)", (seed) => {
    const [counts, next] = [new WordCounts(), hashesOf(seed)];
    const frequent = Array.from({ length: 20 }, next);
    const [found, wrong] = [new Set<number>(), new Set<number>()];
    const total = 600_000;
    for (let at = 0; at < total; at++) {
      const isFrequent = at % 500 === 0;
      const hash = isFrequent ? (frequent[(at / 500) % frequent.length] ?? 0) : next();
      if (counts.isOften(hash)) (isFrequent ? found : wrong).add(hash);
    }
    expect([...found].toSorted()).toEqual([...new Set(frequent)].toSorted());
    expect(wrong.size / total).toBeLessThan(0.02);
  });

  it("forgets, but not what is learned", () => {
    const [counts, next] = [new WordCounts(), hashesOf(4)];
    const often = (hash: number): number => [1, 2, 3, 4].filter(() => counts.isOften(hash)).length;
    expect(often(7)).toBe(0);
    counts.clear();
    expect(often(7)).toBe(0);
    expect(counts.isOften(7)).toBe(true);
    expect(often(8)).toBe(0);
    counts.learned(9);
    for (let at = 0; at < 200_000; at++) counts.isOften(next() | 1);
    expect(often(8)).toBe(0);
    expect((counts.cells[9] ?? 0) >= leastOften).toBe(true);
  });
});
