// Series on a common grid of time, one after the other in one array: what correlations are computed of. A cell without a
// sample, or whose samples are no finite numbers, is NaN and stays a gap: nothing is made up for it.

export interface SeriesGrid {
  readonly count: number;
  /** Cells of each series. */
  readonly points: number;
  /** Of series `s`, cell `i`: `values[s * points + i]`. */
  readonly values: Float64Array;
}

export const seriesAt = ({ values, points }: SeriesGrid, at: number): Float64Array =>
  values.subarray(at * points, (at + 1) * points);
