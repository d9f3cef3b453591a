// Series and their samples. Long ranges are reduced where the data is: per slice the smallest and the largest sample.
import type { CallResult, MetricSeries } from "../../shared/protocol/engine-calls.js";
import { metricAlias } from "./metric-aliases.js";
import { mostRows, relative } from "./columns.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";

type Samples = CallResult<"metrics.range">[number];

export async function metricSeries(query: Query): Promise<MetricSeries[]> {
  const rows = await query(
    `SELECT s.id, s.process, n.text AS name, u.text AS unit, s.attributes, coalesce(m.samples, 0) AS samples,
       coalesce(m.least, 0) AS least, coalesce(m.most, 0) AS most
     FROM series AS s LEFT JOIN name AS n ON n.id = s.name LEFT JOIN name AS u ON u.id = s.unit
       LEFT JOIN (SELECT series, count(*) AS samples, min(value) FILTER (isfinite(value)) AS least,
         max(value) FILTER (isfinite(value)) AS most FROM metric GROUP BY series) AS m
       ON m.series = s.id
     ORDER BY s.process, n.text, s.id`,
  );
  const [processes, names, units] = [rows.numbers("process"), rows.textsOrEmpty("name"), rows.textsOrEmpty("unit")];
  const [attributes, samples] = [rows.texts("attributes"), rows.numbers("samples")];
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
export async function metricSamples(query: Query, start: bigint, series: number, range: SampleRange): Promise<Samples> {
  const { from, to } = range;
  const points = Math.min(range.points, mostRows);
  const here = `series = $1 AND instant BETWEEN $2 AND $3`;
  const count =
    (await query(`SELECT count(*) AS samples FROM metric WHERE ${here}`, [series, from, to])).numbers("samples")[0] ??
    0;
  if (count <= points) {
    const rows = await query(`SELECT instant, value FROM metric WHERE ${here} ORDER BY instant, seq`, [
      series,
      from,
      to,
    ]);
    return { series, ...samplesFrom(rows, start), reduced: false };
  }
  const slices = Math.max(1, Math.floor(points / 2));
  const type = (to - from) * BigInt(slices) < 2n ** 62n ? "BIGINT" : "HUGEINT";
  // A series belongs to one process, so its smallest seq is its smallest instant: the earliest of equal samples.
  const rows = await query(
    `WITH sample AS (
       SELECT instant, value, seq, (((instant - $2)::${type} * $4) // ($3 - $2 + 1))::INTEGER AS slice FROM metric WHERE ${here}),
     bounds AS (SELECT slice, min(value) AS least, max(value) AS most FROM sample GROUP BY slice),
     low AS (SELECT min(s.instant) AS instant, min(s.seq) AS seq, any_value(b.least) AS value
       FROM sample AS s JOIN bounds AS b ON b.slice = s.slice AND b.least = s.value GROUP BY s.slice),
     high AS (SELECT min(s.instant) AS instant, min(s.seq) AS seq, any_value(b.most) AS value
       FROM sample AS s JOIN bounds AS b ON b.slice = s.slice AND b.most = s.value GROUP BY s.slice)
     SELECT instant, seq, value FROM low UNION SELECT instant, seq, value FROM high ORDER BY instant, seq`,
    [series, from, to, slices],
  );
  return { series, ...samplesFrom(rows, start), reduced: true };
}

function samplesFrom(rows: Rows, start: bigint): Pick<Samples, "timeNs" | "values"> {
  return { timeNs: relative(rows.bigints("instant"), start), values: Float64Array.from(rows.numbers("value")) };
}
