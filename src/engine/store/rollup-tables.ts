// Tables of zoom levels. `rollup_cover` says of each process up to which instant its records are in them: a level has
// those in buckets that end by then, and no others.
import { type Rollup, fillLevel, laneRollup, metricRollup, rollups, tableOf } from "./rollups.js";
import { coarsestNs } from "./zoom-levels.js";

const create = (rollup: Rollup): readonly string[] =>
  rollup.levels.map((level) => {
    const keys = rollup.keys.map((key) => `${key} ${keyTypes[key] ?? "UINTEGER"}`);
    const measures = rollup.measures.map(([name, type]) => `${name} ${type}`);
    return `CREATE TABLE ${tableOf(rollup, level)} (${[...keys, "start BIGINT", ...measures].join(", ")})`;
  });

const keyTypes: Readonly<Record<string, string>> = { lane: "USMALLINT", bin: "INTEGER" };

/** Everything that was recorded before there were levels. */
const fill = (rollup: Rollup): readonly string[] =>
  rollup.levels.map((level) => {
    const relation = `(SELECT process, 0::BIGINT, until - until % ${level.widthNs} FROM rollup_cover)`;
    return fillLevel(rollup, level, { relation, condition: "true" });
  });

/** Of a file into which nothing is recorded any more: all there is lies in whole buckets. */
export const filledRollups: readonly string[] = [
  `INSERT INTO rollup_cover SELECT process, last_seen - last_seen % ${coarsestNs} + ${coarsestNs} FROM process`,
  ...rollups.flatMap(fill),
];

export const rollupTables: readonly string[] = [
  `CREATE TABLE rollup_cover (process UINTEGER, until BIGINT)`,
  ...rollups.flatMap(create),
  ...filledRollups,
];

/** The longest span of a bucket was kept there until long spans had tables of their own. */
export const lanesWithoutLongest: readonly string[] = laneRollup.levels.flatMap((level) =>
  ["longest", "longest_seq"].map(
    (column) => `ALTER TABLE ${tableOf(laneRollup, level)} DROP COLUMN IF EXISTS ${column}`,
  ),
);

const buckets = metricRollup.levels.map(
  (level) =>
    `SELECT process, series, ${level.widthNs / 1_000_000_000n} AS seconds, start, samples, finite, total, least, most
       FROM ${tableOf(metricRollup, level)}`,
);

/** Metrics by bucket, as docs/sql.md describes them. */
export const rollupView = `SELECT t.process, t.seconds, make_timestamp_ns(t.start) AS time, n.text AS name, u.text AS unit,
    m.attributes, t.samples, t.total / nullif(t.finite, 0) AS average, t.least, t.most
  FROM (${buckets.join(" UNION ALL ")}) AS t JOIN series AS m ON m.id = t.series
  LEFT JOIN name AS n ON n.id = m.name LEFT JOIN name AS u ON u.id = m.unit`;
