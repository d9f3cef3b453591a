// Series and their samples. Long ranges are reduced where the data is: per slice the smallest and the largest sample.
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import type { MetricSeries } from "../../shared/protocol/engine-rows.js";
import { attributeTexts } from "./attribute-texts.js";
import { metricAlias } from "./metric-aliases.js";
import { mostRows, relative } from "./columns.js";
import type { Query } from "./readers.js";
import { metricRollup } from "./rollups.js";
import type { SliceExtremes } from "./slice-extremes.js";
import type { MetricSource } from "./metric-blocks.js";
import { SlicedSeries } from "./sliced-series.js";
import { type Stretch, storable } from "./zoom-levels.js";
import { coversOf, rowsWithin } from "./zoom-query.js";

type Samples = CallResult<"metrics.range">[number];

/** All that is kept: buckets that began before know of samples that are not. */
async function everything(query: Query): Promise<Stretch> {
  const rows = await query(`SELECT CASE WHEN EXISTS (FROM eviction) THEN start ELSE 0 END AS since FROM recording`);
  return { since: rows.bigints("since")[0] ?? 0n, until: 2n ** 62n };
}

export async function metricSeries(query: Query): Promise<MetricSeries[]> {
  const rows = await query(
    `SELECT s.id, s.process, n.text AS name, u.text AS unit, s.attributes, coalesce(m.samples, 0) AS samples,
       coalesce(m.least, 0) AS least, coalesce(m.most, 0) AS most
     FROM series AS s LEFT JOIN name AS n ON n.id = s.name LEFT JOIN name AS u ON u.id = s.unit
       LEFT JOIN (SELECT series, sum(samples)::DOUBLE AS samples, min(least) AS least, max(most) AS most
         FROM (${rowsWithin(metricRollup, metricRollup.levels, await everything(query), await coversOf(query))}) GROUP BY series) AS m
       ON m.series = s.id
     ORDER BY s.process, n.text, s.id`,
  );
  const [processes, names, units] = [rows.numbers("process"), rows.textsOrEmpty("name"), rows.textsOrEmpty("unit")];
  const [attributes, samples] = [attributeTexts(rows), rows.numbers("samples")];
  const [least, most] = [rows.numbers("least"), rows.numbers("most")];
  return rows.numbers("id").map((series, row) => ({
    series,
    process: processes[row] ?? 0,
    name: names[row] ?? "",
    alias: metricAlias(names[row] ?? ""),
    unit: units[row] ?? "",
    attributes: attributes[row] ?? "{}",
    samples: samples[row] ?? 0,
    min: least[row] ?? 0,
    max: most[row] ?? 0,
  }));
}

export interface SampleRange {
  readonly from: bigint;
  readonly to: bigint;
  readonly points: number;
}

/** At most `points` samples of one series within [from, to], in time order. */
export async function metricSamples(source: MetricSource, series: number, range: SampleRange): Promise<Samples> {
  const points = Math.min(range.points, mostRows);
  const slices = Math.max(1, Math.floor(points / 2));
  const looked = await new SlicedSeries(source, series, range, slices).look();
  const count = looked?.extremes.samples.reduce((sum, samples) => sum + samples, 0) ?? 0;
  if (looked !== undefined && count > points) return { series, ...samplesOf(looked.extremes), reduced: true };
  const all = looked?.samples;
  if (all !== undefined && isAscending(all.ns))
    return { series, timeNs: Float64Array.from(all.ns), values: Float64Array.from(all.least), reduced: false };
  const rows = await source.query(
    `SELECT instant, value FROM metric WHERE series = $1 AND instant BETWEEN $2 AND $3 ORDER BY instant, seq`,
    [series, storable(range.from), storable(range.to)],
  );
  const [timeNs, values] = [relative(rows.bigints("instant"), source.start), Float64Array.from(rows.numbers("value"))];
  return { series, timeNs, values, reduced: false };
}

/** Where two samples share an instant, their seqs order them. */
function isAscending(ns: Float64Array): boolean {
  for (let row = 1; row < ns.length; row++) if (!((ns[row] ?? 0) > (ns[row - 1] ?? 0))) return false;
  return true;
}

/** Two samples of each slice in the order of time, or the one that is both; none where there is no finite one. */
function samplesOf({ slices, least, most, leastNs, mostNs }: SliceExtremes): Pick<Samples, "timeNs" | "values"> {
  const [timeNs, values] = [new Float64Array(2 * slices), new Float64Array(2 * slices)];
  let used = 0;
  const add = (ns: number, value: number): void => {
    timeNs[used] = ns;
    values[used++] = value;
  };
  for (let slice = 0; slice < slices; slice++) {
    const [low, high] = [least[slice] ?? 0, most[slice] ?? 0];
    const [lowNs, highNs] = [leastNs[slice] ?? 0, mostNs[slice] ?? 0];
    if (Number.isNaN(lowNs)) continue;
    if (highNs < lowNs) add(highNs, high);
    add(lowNs, low);
    if (highNs > lowNs || (highNs === lowNs && high !== low)) add(highNs, high);
  }
  return { timeNs: timeNs.slice(0, used), values: values.slice(0, used) };
}
