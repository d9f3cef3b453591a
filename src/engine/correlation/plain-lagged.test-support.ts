// The slow, obvious way to correlate two series at a lag, and series to plant: tests and benchmarks compare with it.
import { randomFrom } from "../../shared/base/random.test-support.js";

/** Pearson's r of those cells `i` of the one and `i + lag` of the other that both have a value. */
export function plainCorrelation(
  one: Float64Array,
  other: Float64Array,
  lag: number,
): { readonly r: number; readonly pairs: number } {
  const pairs = [...one.keys()].flatMap((at): [number, number][] => {
    const [a, b] = [one[at] ?? Number.NaN, other[at + lag] ?? Number.NaN];
    return Number.isNaN(a) || Number.isNaN(b) ? [] : [[a, b]];
  });
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(pairs.map(([a]) => a)), mean(pairs.map(([, b]) => b))];
  const sumOf = (term: (a: number, b: number) => number): number =>
    pairs.reduce((sum, [a, b]) => sum + term(a - meanA, b - meanB), 0);
  const r = sumOf((a, b) => a * b) / Math.sqrt(sumOf((a) => a * a) * sumOf((_, b) => b * b));
  return { r, pairs: pairs.length };
}

/** 1 and the number of lesser values, and half of the equal ones besides it. */
export const plainRanks = (values: Float64Array): Float64Array =>
  values.map((value) =>
    Number.isNaN(value)
      ? Number.NaN
      : 0.5 + values.filter((other) => other < value).length + values.filter((other) => other === value).length / 2,
  );

/** Numbers of a normal distribution, the same for the same seed. */
export function normalFrom(seed: number): () => number {
  const random = randomFrom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Each value remembers so much of the one before: 0 is white noise, 1 a random walk. */
export function noiseOf(points: number, memory: number, normal: () => number): Float64Array {
  let value = memory < 1 ? normal() / Math.sqrt(1 - memory * memory) : 0;
  return Float64Array.from({ length: points }, () => (value = memory * value + normal()));
}

/** `share` of the cells become gaps, in runs of a few. */
export function withGaps(values: Float64Array, share: number, random: () => number): Float64Array {
  const gapped = values.slice();
  for (let gaps = 0; gaps < share * values.length;) {
    const first = Math.floor(random() * values.length);
    const end = Math.min(values.length, first + 1 + Math.floor(random() * 8));
    gapped.fill(Number.NaN, first, end);
    gaps += end - first;
  }
  return gapped;
}

export const shifted = (values: Float64Array, by: number): Float64Array =>
  values.map((_, at) => values[at - by] ?? Number.NaN);
