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

/** Of what has the columns `start` and `measures`; `start` is also the recording's. */
export const metricRowsFrom = (rows: Rows, start: bigint): MetricRows =>
  measuresOf(rows, start, rows.float64sSince("start", start));

/** `ns` says where in time each row is. */
export const measuresOf = (rows: Rows, start: bigint, ns: Float64Array): MetricRows => ({
  length: rows.length,
  ns,
  samples: rows.float64s("samples"),
  finite: rows.float64s("finite"),
  total: rows.float64sOrNaN("total"),
  least: rows.float64sOrNaN("least"),
  leastNs: rows.float64sSince("least_at", start),
  most: rows.float64sOrNaN("most"),
  mostNs: rows.float64sSince("most_at", start),
});

/** A sample is a row of its own. */
export function rowsOfSamples(ns: Float64Array, value: Float64Array): MetricRows {
  const samples = new Float64Array(ns.length).fill(1);
  const finite = new Float64Array(ns.length);
  for (let row = 0; row < finite.length; row++) finite[row] = Number.isFinite(value[row]) ? 1 : 0;
  const [least, most, leastNs, mostNs] = [value, value, ns, ns];
  return { length: ns.length, ns, samples, finite, total: value, least, leastNs, most, mostNs };
}

const columnsOf = (rows: MetricRows): readonly Float64Array[] => {
  const { ns, samples, finite, total, least, leastNs, most, mostNs } = rows;
  return [ns, samples, finite, total, least, leastNs, most, mostNs];
};

function rowsFromColumns(columns: readonly Float64Array[]): MetricRows {
  const nothing = new Float64Array(0);
  const [ns = nothing, samples = nothing, finite = nothing, total = nothing, least = nothing] = columns;
  const [leastNs = nothing, most = nothing, mostNs = nothing] = columns.slice(5);
  return { length: ns.length, ns, samples, finite, total, least, leastNs, most, mostNs };
}

/** Rows of each of `count` stretches of `lengthNs`, in arrays of their own. */
export function splitByTime(rows: MetricRows, sinceNs: number, lengthNs: number, count: number): MetricRows[] {
  if (count === 1) return [rows];
  const { ns, length } = rows;
  const stretches = new Uint32Array(length);
  const ends = new Uint32Array(count);
  let areInOrder = true;
  for (let row = 0, before = 0; row < length; row++) {
    const stretch = Math.floor(((ns[row] ?? 0) - sinceNs) / lengthNs);
    stretches[row] = stretch;
    ends[stretch] = (ends[stretch] ?? 0) + 1;
    if (stretch < before) areInOrder = false;
    before = stretch;
  }
  for (let stretch = 1; stretch < count; stretch++) ends[stretch] = (ends[stretch] ?? 0) + (ends[stretch - 1] ?? 0);
  // They nearly always follow each other: buckets are made in the order of time.
  const columns = columnsOf(rows).map((column) => (areInOrder ? column : sorted(column, stretches, ends)));
  return Array.from(ends, (end, stretch) => {
    const begin = stretch === 0 ? 0 : (ends[stretch - 1] ?? 0);
    return rowsFromColumns(columns.map((column) => column.slice(begin, end)));
  });
}

/** By stretch, and as they were within each. */
function sorted(column: Float64Array, stretches: Uint32Array, ends: Uint32Array): Float64Array {
  const places = new Uint32Array(ends.length);
  for (let stretch = 1; stretch < ends.length; stretch++) places[stretch] = ends[stretch - 1] ?? 0;
  const into = new Float64Array(column.length);
  for (let row = 0; row < column.length; row++) {
    const stretch = stretches[row] ?? 0;
    const place = places[stretch] ?? 0;
    into[place] = column[row] ?? 0;
    places[stretch] = place + 1;
  }
  return into;
}
