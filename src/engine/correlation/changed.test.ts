import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { binomialTail, distanceChance, distanceOf, histogramOf, logGamma } from "./chances.js";
import { type Change, changeOfCount, changeOfSeries, changeOfShare, ranked } from "./changed.js";
import { noiseOf, normalFrom } from "./plain-lagged.test-support.js";
import { twoSided } from "./significance.js";

const cells = { before: 64, after: 16 };
const all = cells.before + cells.after;

describe("chances", () => {
  it("of a binomial tail are the sum of its terms", () => {
    const choose = (n: number, k: number): number => Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1));
    for (const [hits, n, p] of [
      [6, 6, 0.2],
      [9, 20, 0.2],
      [1, 30, 0.2],
      [0, 12, 0.3],
      [60, 100, 0.5],
    ] as const) {
      let sum = 0;
      for (let k = 0; k <= n; k++)
        if (hits > n * p ? k >= hits : k <= hits) sum += choose(n, k) * p ** k * (1 - p) ** (n - k);
      expect(binomialTail(hits, n, p)).toBeCloseTo(sum, 10);
    }
  });

  it("of a normal distribution and of a distance are those of the tables", () => {
    expect(twoSided(1.959964)).toBeCloseTo(0.05, 6);
    expect(twoSided(5) / 5.733031e-7).toBeCloseTo(1, 5);
    expect(twoSided(0)).toBe(1);
    expect(distanceChance(1.3581 / Math.sqrt(5000), 10_000, 10_000)).toBeCloseTo(0.05, 2);
  });

  it("of a distance look at where two distributions are furthest apart", () => {
    const one = Float64Array.of(1, 2, 2, 3);
    expect(distanceOf(histogramOf(one, Float64Array.of(2, 3, 3, 9))).distance).toBeCloseTo(0.5);
    expect(distanceOf(histogramOf(one, one)).distance).toBe(0);
  });
});

/** Counts by chance, at one rate a cell in the baseline and another in the selection. */
function counts(random: () => number, before: number, after: number): Float64Array {
  const drawn = (rate: number): number => {
    let n = 0;
    const left = Math.exp(-rate);
    for (let product = random(); product > left; product *= random()) n++;
    return n;
  };
  return Float64Array.from({ length: all }, (_, at) => drawn(at < cells.before ? before : after));
}

const sure = (looked: readonly Change<string>[]) => ranked(looked).filter(({ isSure }) => isSure);

describe("what changed", () => {
  const quiet = (seed: number, count: number): Change<string>[] => {
    const [random, normal] = [randomFrom(seed), normalFrom(seed)];
    return Array.from({ length: count }, (_, at): Change<string>[] => {
      const total = counts(random, 3, 3);
      const some = total.map((n) => Math.floor(n * random() * 0.5));
      const series = noiseOf(all, random(), normal);
      return [
        changeOfCount(`count ${at}`, total, cells),
        changeOfShare(`share ${at}`, some, total, cells),
        changeOfSeries(`series ${at}`, series.subarray(0, cells.before), series.subarray(cells.before)),
      ].flatMap((change) => (change === undefined ? [] : [change]));
    }).flat();
  };

  it("names next to nothing where nothing did", () => {
    let named = 0;
    for (let seed = 0; seed < 60; seed++) named += sure(quiet(seed, 60)).length > 0 ? 1 : 0;
    expect(named).toBeLessThanOrEqual(6);
  });

  it("names first what is new, what fails and what is slower, and says which way", () => {
    const [random, normal] = [randomFrom(7), normalFrom(7)];
    const total = counts(random, 5, 5);
    const failing = total.map((n, at) => (at < cells.before ? 0 : Math.floor(n * 0.7)));
    const slow = noiseOf(all, 0, normal).map((value, at) => (at < cells.before ? 20 + value : 40 + value));
    const planted = [
      changeOfCount("new", counts(random, 0, 4), cells),
      changeOfCount("gone", counts(random, 4, 0), cells),
      changeOfShare("failing", failing, total, cells),
      changeOfSeries("slow", slow.subarray(0, cells.before), slow.subarray(cells.before)),
    ].flatMap((change) => (change === undefined ? [] : [change]));
    const found = sure([...quiet(3, 300), ...planted]);
    const first = found.slice(0, 4);
    expect(first.map(({ of }) => of).sort()).toEqual(["failing", "gone", "new", "slow"]);
    expect(found.length).toBeLessThanOrEqual(6);
    const ways = Object.fromEntries(first.map(({ of, before, after }) => [of, Math.sign(after - before)]));
    expect(ways).toEqual({ failing: 1, gone: -1, new: 1, slow: 1 });
  });

  it("takes a single burst for one thing that happened, and a random walk for nothing new", () => {
    const burst = counts(randomFrom(1), 1, 1);
    burst[70] = 40;
    expect(changeOfCount("burst", burst, cells)?.chance).toBeGreaterThan(0.01);
    const walk = noiseOf(all, 1, normalFrom(2)).map((value, at) => value + at);
    const change = changeOfSeries("walk", walk.subarray(0, cells.before), walk.subarray(cells.before));
    expect(change?.chance).toBeGreaterThan(0.001);
  });
});
