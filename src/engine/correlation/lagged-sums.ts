// Correlation of two series at each of many lags, over the cells in which both have a value. Sums over an overlap come
// from running totals, less those few cells in which the other has a gap; sums of products come from Fourier transforms
// (spectra.ts). plain-lagged.test-support.ts says the same the slow way.

/** A series as it is compared: gaps are zeros in `values`, and listed. */
export interface Comparable {
  readonly values: Float64Array;
  readonly gaps: Uint32Array;
  /** Running totals: of so many first cells. */
  readonly present: Uint32Array;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

export function comparable(series: Float64Array): Comparable {
  const points = series.length;
  const mean = meanOf(series);
  const values = new Float64Array(points);
  const gaps: number[] = [];
  const [present, sums, squares] = [
    new Uint32Array(points + 1),
    new Float64Array(points + 1),
    new Float64Array(points + 1),
  ];
  for (let at = 0; at < points; at++) {
    const own = series[at] ?? Number.NaN;
    const isGap = Number.isNaN(own);
    const value = isGap ? 0 : own - mean;
    if (isGap) gaps.push(at);
    values[at] = value;
    present[at + 1] = (present[at] ?? 0) + (isGap ? 0 : 1);
    sums[at + 1] = (sums[at] ?? 0) + value;
    squares[at + 1] = (squares[at] ?? 0) + value * value;
  }
  return { values, gaps: Uint32Array.from(gaps), present, sums, squares };
}

function meanOf(series: Float64Array): number {
  let [n, sum] = [0, 0];
  for (const value of series)
    if (!Number.isNaN(value)) {
      n++;
      sum += value;
    }
  return n === 0 ? 0 : sum / n;
}

export interface LaggedCorrelations {
  /** By lag, from `-mostLag` on: of cells `i` of the one and `i + lag` of the other. NaN where one of them does not vary. */
  readonly r: Float64Array;
  /** Cells in which both have a value. */
  readonly pairs: Uint32Array;
}

/** `products`: by lag, as `r`, the sums of `one.values[i] * other.values[i + lag]`. */
export function correlationsAtLags(one: Comparable, other: Comparable, products: Float64Array): LaggedCorrelations {
  const mostLag = (products.length - 1) / 2;
  const points = one.values.length;
  const r = new Float64Array(2 * mostLag + 1).fill(Number.NaN);
  const pairs = new Uint32Array(2 * mostLag + 1);
  for (let lag = -mostLag; lag <= mostLag; lag++) {
    const first = Math.max(0, -lag);
    const end = Math.min(points, points - lag);
    if (end <= first) continue;
    const own = overlap(one, other, first, end, lag);
    const others = overlap(other, one, first + lag, end + lag, -lag);
    const n = own.n;
    pairs[lag + mostLag] = n;
    if (n < 3) continue;
    const product = products[lag + mostLag] ?? 0;
    const [xx, yy] = [own.squares - (own.sum * own.sum) / n, others.squares - (others.sum * others.sum) / n];
    // What rounding leaves of a variance that is none.
    if (!(xx > 1e-9 * (one.squares[points] ?? 0)) || !(yy > 1e-9 * (other.squares[points] ?? 0))) continue;
    const value = (product - (own.sum * others.sum) / n) / Math.sqrt(xx * yy);
    r[lag + mostLag] = Math.min(1, Math.max(-1, value));
  }
  return { r, pairs };
}

/** Count, sum and sum of squares of those cells in [first, end) where `other`, `lag` cells on, has a value, too. */
function overlap(
  { values, present, sums, squares, gaps: own }: Comparable,
  { gaps }: Comparable,
  first: number,
  end: number,
  lag: number,
): { readonly n: number; readonly sum: number; readonly squares: number } {
  let n = (present[end] ?? 0) - (present[first] ?? 0);
  let sum = (sums[end] ?? 0) - (sums[first] ?? 0);
  let square = (squares[end] ?? 0) - (squares[first] ?? 0);
  for (const gap of gaps) {
    const at = gap - lag;
    if (at < first || at >= end) continue;
    const value = values[at] ?? 0;
    // Where it is a gap itself, it has not been counted.
    if (own.length === 0 || present[at + 1] !== present[at]) n--;
    sum -= value;
    square -= value * value;
  }
  return { n, sum, squares: square };
}
