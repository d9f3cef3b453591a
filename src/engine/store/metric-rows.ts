// Rows of the metric rollup as typed columns.
import type { Rows } from "./rows.js";

/** A row is of one or more samples: of a bucket, or a single one. What it says of finite ones counts where there are any. */
export interface MetricRows {
  readonly length: number;
  /** When the bucket begins, or of the sample; like the others in nanoseconds since the recording's start. */
  readonly ns: Float64Array;
  readonly samples: Float64Array;
  readonly finite: Float64Array;
  readonly total: Float64Array;
  readonly least: Float64Array;
  readonly leastNs: Float64Array;
  readonly most: Float64Array;
  readonly mostNs: Float64Array;
}

/** Eight columns of doubles. */
export const bytesPerRow = 64;

/** Of what has the columns of `measuresSince`; `ns` is the column that says where in time a row is. */
export const metricRowsFrom = (rows: Rows, ns = "ns"): MetricRows => ({
  length: rows.length,
  ns: rows.float64s(ns),
  samples: rows.float64s("samples"),
  finite: rows.float64s("finite"),
  total: rows.float64sOrNaN("total"),
  least: rows.float64sOrNaN("least"),
  leastNs: rows.float64sOrNaN("least_ns"),
  most: rows.float64sOrNaN("most"),
  mostNs: rows.float64sOrNaN("most_ns"),
});

/** A sample is a row of its own. */
export function rowsOfSamples(ns: Float64Array, value: Float64Array): MetricRows {
  const samples = new Float64Array(ns.length).fill(1);
  const finite = new Float64Array(ns.length);
  for (let row = 0; row < finite.length; row++) finite[row] = Number.isFinite(value[row]) ? 1 : 0;
  const [least, most, leastNs, mostNs] = [value, value, ns, ns];
  return { length: ns.length, ns, samples, finite, total: value, least, leastNs, most, mostNs };
}

/** The rows with these ascending numbers, in arrays of their own. */
export function someOf(rows: MetricRows, numbers: readonly number[]): MetricRows {
  const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? -1];
  // They nearly always follow each other: buckets are made in the order of time.
  const picked = (column: Float64Array): Float64Array =>
    last - first + 1 === numbers.length
      ? column.slice(first, last + 1)
      : Float64Array.from(numbers, (row) => column[row] ?? Number.NaN);
  const { ns, samples, finite, total, least, leastNs, most, mostNs } = rows;
  return {
    length: numbers.length,
    ns: picked(ns),
    samples: picked(samples),
    finite: picked(finite),
    total: picked(total),
    least: picked(least),
    leastNs: picked(leastNs),
    most: picked(most),
    mostNs: picked(mostNs),
  };
}
