// What is asked about metrics at every look, in texts whose plans are kept. Instants are asked for as nanoseconds since the
// recording's start: exact in a double for a hundred days.
import { metricRollup, tableOf } from "./rollups.js";
import { type Level, metricLevels } from "./zoom-levels.js";

/** Up to where levels hold the records of each process. */
export const coversSql = `SELECT process, until FROM rollup_cover`;
export const processOfSeriesSql = `SELECT process FROM series WHERE id = $1`;

/** Measures of rows of the metric rollup; `start` is the recording's, as SQL. */
export const measuresSince = (start: string): string =>
  `samples::DOUBLE AS samples, finite::DOUBLE AS finite, total, least, (least_at - ${start})::DOUBLE AS least_ns, most,
   (most_at - ${start})::DOUBLE AS most_ns`;

const bucketsIn = (level: Level, since: number): string =>
  `SELECT (start - $1)::DOUBLE AS ns, ${measuresSince("$1")} FROM ${tableOf(metricRollup, level)}
   WHERE series = $2 AND start >= $${since} AND start < $${since + 1}`;

/** Buckets of one level and series: the recording's start, the series, since, until. */
export const bucketsSql = (level: Level): string => bucketsIn(level, 3);

/** Beyond these it takes longer to fetch rows and reduce them than to have them reduced by DuckDB. */
export const mostRowsHere = 100_000;

/** The samples of one series: the recording's start, the series, since, until. */
export const samplesSql = `SELECT (instant - $1)::DOUBLE AS ns, value FROM metric
  WHERE series = $2 AND instant >= $3 AND instant < $4 LIMIT ${mostRowsHere + 1}`;

/** Samples as rows of the rollup. */
const samplesAsRows = (since: number): string =>
  `SELECT (instant - $1)::DOUBLE AS ns, 1::DOUBLE AS samples, isfinite(value)::DOUBLE AS finite,
     if(isfinite(value), value, NULL) AS total, if(isfinite(value), value, NULL) AS least, (instant - $1)::DOUBLE AS least_ns,
     if(isfinite(value), value, NULL) AS most, (instant - $1)::DOUBLE AS most_ns
   FROM metric WHERE series = $2 AND instant >= $${since} AND instant < $${since + 1}`;

/**
 * What lies at both ends of a range, where the coarsest buckets do not fit: samples, and buckets of so many levels. The
 * recording's start, the series, and since and until of each stretch: of the samples on either side, and of each level.
 */
export const endsSql = (levels: number): string => {
  const parts = [samplesAsRows(3), samplesAsRows(5)];
  for (const level of metricLevels.slice(0, levels))
    parts.push(bucketsIn(level, 3 + 2 * parts.length), bucketsIn(level, 5 + 2 * parts.length));
  return `${parts.join(" UNION ALL ")} LIMIT ${mostRowsHere + 1}`;
};

export const askedOfMetrics: readonly string[] = [
  coversSql,
  processOfSeriesSql,
  samplesSql,
  ...metricLevels.map((_, levels) => endsSql(levels)),
  ...metricLevels.map(bucketsSql),
];
