import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { Correlating, type Correlation } from "./correlate.js";
import { noiseOf, normalFrom, shifted, withGaps } from "./plain-lagged.test-support.js";
import type { SeriesGrid } from "./series-grid.js";

const points = 400;

function gridOf(series: readonly Float64Array[]): SeriesGrid {
  const values = new Float64Array(series.length * points);
  series.forEach((one, at) => values.set(one, at * points));
  return { count: series.length, points, values };
}

function correlate(grid: SeriesGrid, series: number, mostLag: number): readonly Correlation[] {
  const run = new Correlating(grid, series, mostLag);
  run.compare(0, grid.count);
  return run.found();
}

/** What a machine has: noise with more or less memory, random walks, trends, waves, counters, steps and near-constants. */
function crowd(count: number, seed: number): Float64Array[] {
  const [random, normal] = [randomFrom(seed), normalFrom(seed)];
  return Array.from({ length: count }, (_, at) => {
    const noise = noiseOf(points, random() * 0.9, normal);
    switch (at % 8) {
      case 0:
        return noiseOf(points, 1, normal);
      case 1:
        return noise.map((value, i) => value + i * normal());
      case 2:
        return noise.map((value, i) => value * 0.2 + 3 * Math.sin(i / (5 + random() * 50)));
      case 3: {
        let sum = 0;
        return noise.map((value) => (sum += Math.abs(value)));
      }
      case 4: {
        const steps = Array.from({ length: 3 }, () => random() * points);
        return noise.map((value, i) => value * 0.05 + steps.filter((step) => step < i).length);
      }
      case 5: {
        const spikes = Array.from({ length: 2 }, () => Math.floor(random() * points));
        return noise.map((_value, i) => (spikes.includes(i) ? 1 : 0));
      }
      default:
        return noise;
    }
  });
}

describe("correlate", () => {
  const normal = normalFrom(99);
  const random = randomFrom(99);
  const cause = noiseOf(points, 0.5, normal);
  const noisy = (values: Float64Array, noise: number): Float64Array => values.map((value) => value + noise * normal());
  const planted: readonly (readonly [string, Float64Array, number, number])[] = [
    ["goes with it", cause.map((value) => 3 * value + 40), 0, 1],
    ["follows it later", shifted(cause, 7), 7, 1],
    ["comes before it", shifted(cause, -12), -12, 1],
    ["is its opposite", shifted(cause, 3).map((value) => -value), 3, -1],
    ["is drowned in noise", noisy(shifted(cause, 5), 1.5), 5, 1],
    ["has gaps", withGaps(noisy(shifted(cause, 9), 0.5), 0.3, random), 9, 1],
    ["follows it along a curve", shifted(cause, 4).map((value) => Math.exp(3 * value)), 4, 1],
    ["falls along a curve", shifted(cause, -4).map((value) => -(value ** 3)), -4, -1],
    ["goes with it on top of a trend", shifted(cause, 2).map((value, at) => value + at), 2, 1],
  ];
  const others = crowd(998, 5);
  for (const [what, other, lag, sign] of planted)
    it(`finds among 1,000 what ${what}`, () => {
      const found = correlate(gridOf([cause, ...others, other]), 0, 30);
      const [best] = found;
      expect(best).toMatchObject({ series: 999, lag });
      expect(Math.sign(best?.spearman ?? 0)).toBe(sign);
      expect(best?.p).toBeLessThan(1e-6);
    });

  it("compares counters as rates, and random walks by their steps", () => {
    let [sum, walk] = [0, 0];
    const rate = cause.map((value) => Math.exp(value / 2));
    const counter = rate.map((value) => (sum += value));
    const found = correlate(gridOf([rate, ...crowd(200, 6), counter]), 0, 20);
    expect(found[0]).toMatchObject({ series: 201, lag: 0 });
    expect(found[0]?.pearson).toBeCloseTo(1, 6);
    const steps = noiseOf(points, 0, normal);
    const one = steps.map((value) => (walk += value));
    const other = noisy(shifted(one, 6), 0.1);
    const walks = correlate(gridOf([one, ...crowd(200, 7), other]), 0, 20);
    expect(walks[0]).toMatchObject({ series: 201, lag: 6, byDifferences: true });
  });

  it("says of what has nothing to do with it that chance may have made it", () => {
    const all = gridOf(crowd(160, 11));
    const named = Array.from({ length: 16 }, (_, at) => correlate(all, at, 30)[0]?.p ?? 1).filter((p) => p < 0.01);
    expect(named.length).toBeLessThanOrEqual(1);
  });

  it("leaves out what does not vary, what both lack, and what is a single spike says nothing", () => {
    const spike = Float64Array.from({ length: points }, (_, at) => (at === 100 ? 5 : 0));
    const halves = cause.map((value, at) => (at < points / 2 ? value : Number.NaN));
    const rest = cause.map((value, at) => (at < points / 2 ? Number.NaN : value));
    const flat = new Float64Array(points).fill(0.1);
    const line = Float64Array.from({ length: points }, (_, at) => 0.1 * at);
    const nothing = new Float64Array(points).fill(Number.NaN);
    expect(correlate(gridOf([halves, rest, flat, line, nothing]), 0, 0)).toEqual([]);
    expect(correlate(gridOf([spike, spike]), 0, 10)[0]?.p).toBeGreaterThan(0.99);
  });
});
