// What is asked about metrics at every look. Columns are asked for as they are, and made what is wanted by who asked: to plan and
// to run an expression over each of eight columns, of each part of a question, took DuckDB a third of its time.
import { metricRollup, tableOf } from "./rollups.js";
import { type Level, type Stretch, metricLevels } from "./zoom-levels.js";

/** Up to where levels hold the records of each process. */
export const coversSql = `SELECT process, until FROM rollup_cover`;
export const processOfSeriesSql = `SELECT process FROM series WHERE id = $1`;

/** Of rows of the metric rollup. */
export const measures = "samples, finite, total, least, least_at, most, most_at";

const bucketsIn = (level: Level, since: number): string =>
  `SELECT start, ${measures} FROM ${tableOf(metricRollup, level)}
   WHERE series = $1 AND start >= $${since} AND start < $${since + 1}`;

/** Buckets of one level and series: the series, since, until. */
export const bucketsSql = (level: Level): string => bucketsIn(level, 2);

/** Beyond these it takes longer to fetch rows and reduce them than to have them reduced by DuckDB. */
export const mostRowsHere = 100_000;

const samplesIn = (since: number): string =>
  `SELECT instant, value FROM metric WHERE series = $1 AND instant >= $${since} AND instant < $${since + 1}`;

/** The samples of one series: the series, since, until. */
export const samplesSql = `${samplesIn(2)} LIMIT ${mostRowsHere + 1}`;

/** Samples of stretches that meet a condition besides. */
export const samplesWithinSql = (series: number, stretches: readonly Stretch[], condition = "true"): string => {
  const parts = stretches.map(
    ({ since, until }) =>
      `SELECT instant, value FROM metric WHERE series = ${series} AND instant >= ${since} AND instant < ${until} AND (${condition})`,
  );
  return `${parts.join(" UNION ALL ")} LIMIT ${mostRowsHere + 1}`;
};

// What lies at both ends of a range, where the coarsest buckets do not fit. Samples in the shape of buckets, so that one question
// would do for both, take DuckDB as long as two.

/** Samples: the series, since and until of each stretch. */
export const samplesAtEndsSql = `${samplesIn(2)} UNION ALL ${samplesIn(4)} LIMIT ${mostRowsHere + 1}`;

/** Buckets of so many of the finest levels: the series, since and until of the stretch on either side, of each level. */
export const bucketsAtEndsSql = (levels: number): string => {
  const parts = metricLevels
    .slice(0, levels)
    .flatMap((level, at) => [bucketsIn(level, 2 + 4 * at), bucketsIn(level, 4 + 4 * at)]);
  return `${parts.join(" UNION ALL ")} LIMIT ${mostRowsHere + 1}`;
};

export const askedOfMetrics: readonly string[] = [
  coversSql,
  processOfSeriesSql,
  samplesSql,
  samplesAtEndsSql,
  ...metricLevels.slice(1).map((_, at) => bucketsAtEndsSql(at + 1)),
  ...metricLevels.map(bucketsSql),
];
