import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { type LaggedCorrelations, comparable, correlationsAtLags } from "./lagged-sums.js";
import { noiseOf, normalFrom, plainCorrelation, plainRanks, withGaps } from "./plain-lagged.test-support.js";
import { ranksOf } from "./ranks.js";
import { Spectra } from "./spectra.js";

function atLags(one: Float64Array, other: Float64Array, mostLag: number): LaggedCorrelations {
  const [first, second] = [comparable(one), comparable(other)];
  const spectra = new Spectra(one.length, mostLag);
  const [products, back] = spectra.products(
    spectra.of(first.values, second.values),
    spectra.of(second.values, first.values),
    mostLag,
  );
  for (const [lag, product] of products.entries()) expect(back[2 * mostLag - lag]).toBeCloseTo(product, 6);
  return correlationsAtLags(first, second, products);
}

describe("correlations at lags", () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8])
    it(`equal what a plain loop over pairs finds, seed ${seed}`, () => {
      const [random, normal] = [randomFrom(seed), normalFrom(seed)];
      const points = 20 + Math.floor(random() * 60);
      const offset = seed % 2 === 0 ? 1e6 : 0;
      const series = (): Float64Array =>
        withGaps(noiseOf(points, random(), normal), random() * 0.5, random).map((value) => value + offset);
      const [one, other] = [series(), series()];
      const { r, pairs } = atLags(one, other, 30);
      for (let lag = -30; lag <= 30; lag++) {
        const plain = plainCorrelation(one, other, lag);
        expect({ lag, pairs: pairs[lag + 30] }).toEqual({ lag, pairs: plain.pairs });
        if (plain.pairs < 3) expect(r[lag + 30]).toBeNaN();
        else expect(r[lag + 30]).toBeCloseTo(plain.r, 8);
      }
    });

  it("are none where a series does not vary within the overlap", () => {
    const one = Float64Array.from({ length: 40 }, (_, at) => (at < 38 ? 7.1 : at));
    const other = noiseOf(40, 0, normalFrom(1));
    const { r } = atLags(one, other, 5);
    expect([...r].map((value) => Number.isNaN(value))).toEqual([
      ...Array.from({ length: 5 }, (_, at) => at >= 11),
      ...Array.from({ length: 6 }, (_, at) => at >= 2 && at < 6),
    ]);
  });
});

describe("ranks", () => {
  for (const seed of [1, 2, 3])
    it(`share the mean where values are equal, and leave gaps, seed ${seed}`, () => {
      const random = randomFrom(seed);
      const values = Float64Array.from({ length: 50 }, () =>
        random() < 0.2 ? Number.NaN : Math.floor(random() * 9) - 4,
      );
      expect(ranksOf(values)).toEqual(plainRanks(values));
    });
});
