// What is compared of a series. Two series that both grow correlate whatever they measure, so the straight line through
// each is taken out of it. What is then still nearly a random walk (each value is the one before and a little more), is compared by its differences from cell to cell: levels of two
// random walks go together by chance for long stretches. Counters are compared as rates, which are their differences.

/** Lag-1 autocorrelation from which on only differences are compared. */
export const mostPersistence = 0.9;

export interface Prepared {
  /** A counter's rates, else the series as it is. */
  readonly own: Float64Array;
  /** Without its trend; NaN where there is a gap. */
  readonly levels: Float64Array;
  /** Differences of neighbouring cells without their trend; a difference belongs to its later cell. */
  readonly differences: Float64Array;
  readonly isCounter: boolean;
  readonly needsDifferences: boolean;
}

export function prepared(values: Float64Array): Prepared {
  const isCounter = looksLikeCounter(values);
  const own = isCounter ? ratesOf(values) : values;
  const levels = withoutTrend(own);
  const differences = withoutTrend(differencesOf(own));
  return { own, levels, differences, isCounter, needsDifferences: persistenceOf(levels) > mostPersistence };
}

/** Only goes up, in more than a few steps, or falls back to where it can only have been begun anew. */
export function looksLikeCounter(values: Float64Array): boolean {
  let [rises, stays, resets, before] = [0, 0, 0, Number.NaN];
  let least = Infinity;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (value < 0) return false;
    if (value > before) rises++;
    else if (value === before) stays++;
    else if (value < before) {
      // A program that began anew counts from nothing.
      if (value > before / 10) return false;
      resets++;
    }
    before = value;
    least = Math.min(least, value);
  }
  return rises >= 8 && rises > 20 * resets && rises >= (rises + stays) / 10;
}

/** Of a counter: what it grew by since the cell before; after it began anew, nothing is known. */
function ratesOf(values: Float64Array): Float64Array {
  const rates = differencesOf(values);
  for (let at = 0; at < rates.length; at++) if ((rates[at] ?? 0) < 0) rates[at] = Number.NaN;
  return rates;
}

export function differencesOf(values: Float64Array): Float64Array {
  const differences = new Float64Array(values.length).fill(Number.NaN);
  for (let at = 1; at < values.length; at++) differences[at] = (values[at] ?? 0) - (values[at - 1] ?? 0);
  return differences;
}

/** The share of a series' variance that its trend makes, from which on it is taken out. */
const leastTrend = 0.05;

/** Less the straight line that fits best; of a constant series nothing but zeros is left. */
export function withoutTrend(values: Float64Array): Float64Array {
  let [n, sumT, sum, most] = [0, 0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    n++;
    sumT += at;
    sum += value;
    most = Math.max(most, Math.abs(value));
  }
  const [meanT, mean] = [sumT / n, sum / n];
  let [tt, tv, vv] = [0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    tt += (at - meanT) * (at - meanT);
    tv += (at - meanT) * (value - mean);
    vv += (value - mean) * (value - mean);
  }
  const slope = tt > 0 ? tv / tt : 0;
  // What is left of a straight line is what doubles cannot tell: nothing to compare.
  const left = vv - slope * tv;
  const isNothing = !(left > n * (most * 1e-10) ** 2);
  // Of a few outliers it would make a slope for everything between them.
  const taken = slope * tv > leastTrend * vv ? slope : 0;
  return values.map((value, at) => (isNothing ? value * 0 : value - mean - taken * (at - meanT)));
}

/** Lag-1 autocorrelation of what has mean 0. */
export function persistenceOf(values: Float64Array): number {
  let [square, product, pairs, n] = [0, 0, 0, 0];
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    square += value * value;
    n++;
    const next = values[at + 1] ?? Number.NaN;
    if (Number.isNaN(next)) continue;
    product += value * next;
    pairs++;
  }
  return square > 0 && pairs > 0 ? (product / pairs / square) * n : 0;
}
