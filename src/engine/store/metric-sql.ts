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

/** Buckets of one level and series: the recording's start, the series, since, until. */
export const bucketsSql = (level: Level): string =>
  `SELECT (start - $1)::DOUBLE AS ns, ${measuresSince("$1")} FROM ${tableOf(metricRollup, level)}
   WHERE series = $2 AND start >= $3 AND start < $4`;

/** Beyond these it takes longer to fetch rows and reduce them than to have them reduced by DuckDB. */
export const mostRowsHere = 100_000;

const samplesIn = (since: number): string =>
  `SELECT (instant - $1)::DOUBLE AS ns, value FROM metric WHERE series = $2 AND instant >= $${since} AND instant < $${since + 1}`;

/** The samples of one series: the recording's start, the series, and since and until of one stretch, or of two. */
export const samplesSql = (stretches: 1 | 2): string =>
  `${stretches === 1 ? samplesIn(3) : `${samplesIn(3)} UNION ALL ${samplesIn(5)}`} LIMIT ${mostRowsHere + 1}`;

export const askedOfMetrics: readonly string[] = [
  coversSql,
  processOfSeriesSql,
  samplesSql(1),
  samplesSql(2),
  ...metricLevels.map(bucketsSql),
];
