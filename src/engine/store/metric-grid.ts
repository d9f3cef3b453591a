// All series on one grid of time: the average of each series in each of equal cells, NaN where it has no finite sample.
import type { SeriesGrid } from "../correlation/series-grid.js";
import type { Query } from "./readers.js";
import { metricRollup } from "./rollups.js";
import { levelsFor, storable } from "./zoom-levels.js";
import { coversOf, rowsWithin, sliceOf } from "./zoom-query.js";

export interface GridRange {
  readonly from: bigint;
  readonly to: bigint;
  readonly cells: number;
}

export interface MetricGrid extends SeriesGrid {
  /** Of each row of the grid. */
  readonly series: readonly number[];
}

/** Of series that have a finite sample there. */
export async function metricGrid(query: Query, { from, to, cells }: GridRange): Promise<MetricGrid> {
  const range = { since: storable(from), until: storable(to) };
  if (range.until <= range.since) return { count: 0, points: cells, values: new Float64Array(0), series: [] };
  const levels = levelsFor(metricRollup.levels, range, cells);
  const rows = await query(
    `SELECT series, ${sliceOf(levels, range, cells)} AS cell, sum(total) / sum(finite) AS average
     FROM (${rowsWithin(metricRollup, levels, range, await coversOf(query))}) WHERE finite > 0 GROUP BY ALL ORDER BY series`,
  );
  const [ids, at, averages] = [rows.numbers("series"), rows.numbers("cell"), rows.numbers("average")];
  const series = [...new Set(ids)];
  const places = new Map(series.map((id, place) => [id, place]));
  const values = new Float64Array(series.length * cells).fill(Number.NaN);
  for (const [row, id] of ids.entries()) values[(places.get(id) ?? 0) * cells + (at[row] ?? 0)] = averages[row] ?? 0;
  return { count: series.length, points: cells, values, series };
}

/** Samples of a series within [from, to). */
export async function samplesWithin(
  query: Query,
  series: number,
  { from, to }: Omit<GridRange, "cells">,
): Promise<number> {
  const range = { since: storable(from), until: storable(to) };
  const rows = await query(
    `SELECT coalesce(sum(samples), 0)::DOUBLE AS samples
     FROM (${rowsWithin(metricRollup, levelsFor(metricRollup.levels, range, 1), range, await coversOf(query), `series = ${series}`)})`,
  );
  return rows.numbers("samples")[0] ?? 0;
}
