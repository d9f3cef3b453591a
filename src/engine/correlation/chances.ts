// How likely chance makes a difference between a selection and a baseline: of counts, of shares, and of distributions.

/** Of `n` throws, each a hit with chance `p`: how likely it is to be as far from what is expected as `hits`, on that side. Fractions will do. */
export function binomialTail(hits: number, n: number, p: number): number {
  if (n <= 0) return 1;
  const isMore = hits > n * p;
  // At least so many, or at most so many.
  if (isMore) return hits <= 0 ? 1 : incompleteBeta(p, hits, n - hits + 1);
  return hits >= n ? 1 : incompleteBeta(1 - p, n - hits, hits + 1);
}

/** Both sides. */
export const binomialChance = (hits: number, n: number, p: number): number => Math.min(1, 2 * binomialTail(hits, n, p));

/** Regularised: the share of a beta distribution below x. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - (logGamma(a) + logGamma(b) - logGamma(a + b))) / a;
  // Continued fraction, by Lentz's method.
  const tiny = 1e-300;
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let [c, d] = [1, 1 / away(1 - ((a + b) * x) / (a + 1))];
  let fraction = d;
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-13) break;
  }
  return front * fraction;
}

/** Stirling's series, from ten on. */
export function logGamma(x: number): number {
  if (x < 10) return logGamma(x + 1) - Math.log(x);
  const square = x * x;
  const series = (1 / 12 - 1 / (360 * square) + 1 / (1260 * square * square)) / x;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
}

/** How likely two samples of one distribution are `distance` apart somewhere (Kolmogorov and Smirnov). */
export function distanceChance(distance: number, one: number, other: number): number {
  const root = Math.sqrt((one * other) / (one + other));
  const lambda = (root + 0.12 + 0.11 / root) * distance;
  if (!(lambda > 0.2)) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * lambda * lambda);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-18) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}

/** Two samples as sorted values, each with how often it occurs on either side. */
export interface Histogram {
  readonly values: Float64Array;
  readonly before: Float64Array;
  readonly after: Float64Array;
}

export interface Distance {
  /** 0 where both are distributed alike, 1 where they have nothing in common. */
  readonly distance: number;
  /** The same, below zero where values became less. */
  readonly shift: number;
  readonly before: number;
  readonly after: number;
}

export function distanceOf({ before, after }: Histogram): Distance {
  const total = (counts: Float64Array): number => counts.reduce((sum, count) => sum + count, 0);
  const [ofBefore, ofAfter] = [total(before), total(after)];
  let [shift, a, b] = [0, 0, 0];
  for (let at = 0; at < before.length; at++) {
    a += (before[at] ?? 0) / ofBefore;
    b += (after[at] ?? 0) / ofAfter;
    if (Math.abs(a - b) > Math.abs(shift)) shift = Math.max(-1, Math.min(1, a - b));
  }
  return { distance: Math.abs(shift), shift, before: ofBefore, after: ofAfter };
}

export function quantileOf(values: Float64Array, counts: Float64Array, quantile: number): number {
  const rank = quantile * (counts.reduce((sum, count) => sum + count, 0) - 1);
  let up = 0;
  for (let at = 0; at < values.length; at++) {
    up += counts[at] ?? 0;
    if (up > Math.floor(rank)) return values[at] ?? Number.NaN;
  }
  return Number.NaN;
}

export const histogramOf = (before: Float64Array, after: Float64Array): Histogram => {
  const values = Float64Array.from(new Set([...before, ...after])).sort();
  return { values, before: countsAt(values, before), after: countsAt(values, after) };
};

/** How often each of `values` is among the samples. */
export function countsAt(values: Float64Array, samples: Float64Array): Float64Array {
  const places = new Map([...values].map((value, at) => [value, at]));
  const counts = new Float64Array(values.length);
  for (const sample of samples) counts[places.get(sample) ?? 0] = (counts[places.get(sample) ?? 0] ?? 0) + 1;
  return counts;
}

/** Of shares: 0 where they are alike, 1 from none to all, -1 from all to none. One in a thousand to one in ten is more than from a half to six tenths. */
export const shareDifference = (one: number, other: number): number =>
  (2 * Math.asin(Math.sqrt(other)) - 2 * Math.asin(Math.sqrt(one))) / Math.PI;
