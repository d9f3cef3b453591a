// Quantiles of many numbers from counts per bin. Bin boundaries grow by the same factor, so that the middle of a bin is
// within 1 % of every number in it; zero has a bin of its own, negative numbers mirror positive ones. Counts of two
// sketches add up to the sketch of both. A number's bin is computed in one place only, the SQL below.

/** Relative: how far a quantile may be from the sample it stands for. */
const sketchError = 0.01;

const growth = (1 + sketchError) / (1 - sketchError);
/** Makes the exponents of all doubles positive: the smallest is 5e-324. */
const offset = 40_000;

/** Expression of SQL for the bin of a finite number; bins are in the order of the numbers. */
export const binOf = (value: string): string =>
  `CASE WHEN ${value} = 0 THEN 0
     ELSE (sign(${value}) * (ceil(ln(abs(${value})) / ${Math.log(growth)}) + ${offset}))::INTEGER END`;

/** The number that stands for a bin. */
export function valueOfBin(bin: number): number {
  if (bin === 0) return 0;
  const end = growth ** (Math.abs(bin) - offset);
  return Math.sign(bin) * Math.min(end * (2 / (growth + 1)), Number.MAX_VALUE);
}
