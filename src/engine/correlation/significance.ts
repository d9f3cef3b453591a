// How likely chance alone makes what was found. Neighbouring cells of a series resemble each other, so 600 of them say
// less than 600 throws of a die: a correlation is judged by how many independent pairs its cells are worth (Bartlett). One that
// hangs by a few outliers is worth as many pairs as there are outliers.
import type { Comparable } from "./lagged-sums.js";

/** What is asked of each series once, and of each pair of them then. */
export interface Memory {
  /** By distance in cells, from 1 on: how much a series resembles itself so much later. */
  readonly autocorrelation: Float64Array;
  /** 1 where outliers are no more than in a normal distribution, towards 0 where few of them are everything. */
  readonly spread: number;
}

/** How much later a series of so many points is asked to resemble itself. */
export const memoryReach = (points: number): number => Math.floor(points / 4);

/** `products`: by lag, the sums of products of the series with itself; the middle one is lag 0. */
export function memoryOf({ values, present, squares }: Comparable, products: Float64Array): Memory {
  const points = values.length;
  const n = present[points] ?? 0;
  const square = squares[points] ?? 0;
  const middle = (products.length - 1) / 2;
  const autocorrelation = products.slice(middle + 1).map((product) => (square > 0 ? product / square : 0));
  let fourth = 0;
  for (const value of values) fourth += value * value * value * value;
  const kurtosis = square > 0 ? (fourth * n) / (square * square) : Infinity;
  return { autocorrelation, spread: Math.min(1, 3 / kurtosis) };
}

/** How many independent pairs so many pairs of two series are worth: between 0 and as many. */
export function effectivePairs(pairs: number, one: Memory, other: Memory): number {
  let shared = 0;
  for (let at = 0; at < one.autocorrelation.length; at++)
    shared += (one.autocorrelation[at] ?? 0) * (other.autocorrelation[at] ?? 0);
  return (pairs * Math.min(one.spread, other.spread)) / Math.max(1, 1 + 2 * shared);
}

/** In standard deviations of chance (Fisher); 0 where nothing can be told. */
export function zOfCorrelation(r: number, effective: number): number {
  if (!(effective > 3)) return 0;
  const within = Math.min(Math.abs(r), 1 - 1e-12);
  return Math.sign(r) * Math.atanh(within) * Math.sqrt(effective - 3);
}

/** Of a normal distribution: the share that is at least as far from its middle, on both sides. */
export function twoSided(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  if (x < 3) return 1 - erfSeries(x);
  // Continued fraction of erfc, from its depth up.
  let fraction = 0;
  for (let depth = 60; depth > 0; depth--) fraction = depth / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

function erfSeries(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 200; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** The chance that the best of so many tries is as good: what is found by looking a thousand times is found by chance, too. */
export const afterTries = (p: number, tries: number): number =>
  -Math.expm1(tries * Math.log1p(-Math.min(p, 1 - 1e-16)));
