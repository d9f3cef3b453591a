// What is kept of records by time bucket, and how. A rollup has one table per level; a row of it says what it keeps of the
// records of one key in one bucket, and several rows of one key and bucket add up. A single record is a row of the same
// shape, of a bucket without width: so buckets are made of records, of finer buckets, or of both, by the same merging.
import { type Level, metricLevels, recordLevels, sketchLevels } from "./zoom-levels.js";
import { binOf } from "./quantile-sketch.js";

export interface Rollup {
  readonly name: string;
  readonly levels: readonly Level[];
  /** What records are told apart by, besides time. The first is the process. */
  readonly keys: readonly string[];
  /** Columns besides keys and `start`, with their types. */
  readonly measures: readonly (readonly [name: string, type: string])[];
  /** Each record as a row: keys, its instant as `start`, measures. */
  readonly records: string;
  /** Rows that the ends of spans add to those of their beginnings, from the table `late_end`. */
  readonly ends?: string;
  /** Measures of rows of one key that fall together. */
  readonly merged: readonly string[];
}

/** Spans whose end came after their beginning was put into a bucket. */
export const lateEnd = `late_end (process UINTEGER, lane USMALLINT, start BIGINT, "end" BIGINT, failed UTINYINT)`;

const total = (column: string): string => `sum(${column})::BIGINT AS ${column}`;
/** The least or greatest value with the earliest instant that has it: structs are compared field by field. */
const least = `(min({value: least, instant: least_at}) FILTER (least IS NOT NULL))`;
const most = `(max({value: most, instant: -most_at}) FILTER (most IS NOT NULL))`;

/** `finite`, `total` and the extremes are of the samples that are finite numbers; without any the extremes are NULL. */
export const metricRollup: Rollup = {
  name: "metric",
  levels: metricLevels,
  keys: ["process", "series"],
  measures: [
    ["samples", "BIGINT"],
    ["finite", "BIGINT"],
    ["total", "DOUBLE"],
    ["least", "DOUBLE"],
    ["least_at", "BIGINT"],
    ["most", "DOUBLE"],
    ["most_at", "BIGINT"],
  ],
  records: `SELECT process, series, instant AS start, 1 AS samples, isfinite(value)::INTEGER AS finite,
      if(isfinite(value), value, 0) AS total, if(isfinite(value), value, NULL) AS least, instant AS least_at,
      if(isfinite(value), value, NULL) AS most, instant AS most_at FROM metric`,
  merged: [
    total("samples"),
    total("finite"),
    `sum(total) AS total`,
    `${least}.value AS least`,
    `${least}.instant AS least_at`,
    `${most}.value AS most`,
    `-${most}.instant AS most_at`,
  ],
};

/** How many of the finite samples fall into which bin of a quantile sketch. */
export const sketchRollup: Rollup = {
  name: "sketch",
  levels: sketchLevels,
  keys: ["process", "series", "bin"],
  measures: [["samples", "BIGINT"]],
  records: `SELECT process, series, ${binOf("value")} AS bin, instant AS start, 1 AS samples FROM metric WHERE isfinite(value)`,
  merged: [total("samples")],
};

const kinds = ["events", "logs", "spans", "writes", "log_errors", "span_errors"] as const;
const counted = (table: string, counts: Partial<Readonly<Record<(typeof kinds)[number], string>>>): string =>
  `SELECT process, instant AS start, ${kinds.map((kind) => `${counts[kind] ?? "0"} AS ${kind}`).join(", ")} FROM ${table}`;

/** Spans count where they begin; one that failed does so from its end on. */
export const densityRollup: Rollup = {
  name: "density",
  levels: recordLevels,
  keys: ["process"],
  measures: kinds.map((kind) => [kind, "BIGINT"]),
  records: [
    counted("event", { events: "1" }),
    counted("log", { logs: "1", log_errors: "(severity >= 17)::INTEGER" }),
    counted("span", { spans: "1", span_errors: "(status = 2)::INTEGER" }),
    counted("write", { writes: "1" }),
    counted("keyframe", { writes: "1" }),
  ].join(" UNION ALL "),
  ends: `SELECT process, start, ${kinds.map((kind) => `${kind === "span_errors" ? "failed" : "0"} AS ${kind}`).join(", ")}
      FROM late_end WHERE failed = 1`,
  merged: kinds.map(total),
};

/** Each span that fulfils a condition about `span AS t`, as a row of the rollup of lanes. */
export const lanesWhere = (condition: string): string => `SELECT process, lane, instant AS start, 1 AS spans,
      (status = 2)::INTEGER AS failed, instant AS first, end_instant AS last FROM span AS t WHERE ${condition}`;

/**
 * Spans that begin in a bucket, by the row they are drawn in: the first beginning and the last end of those that
 * have ended.
 */
export const laneRollup: Rollup = {
  name: "lane",
  levels: recordLevels.slice(1),
  keys: ["process", "lane"],
  measures: [
    ["spans", "BIGINT"],
    ["failed", "BIGINT"],
    ["first", "BIGINT"],
    ["last", "BIGINT"],
  ],
  records: lanesWhere("true"),
  ends: `SELECT process, lane, start, 0 AS spans, failed, NULL::BIGINT AS first, "end" AS last FROM late_end`,
  merged: [total("spans"), total("failed"), `min(first) AS first`, `max(last) AS last`],
};

export const rollups: readonly Rollup[] = [metricRollup, sketchRollup, densityRollup, laneRollup];

export const tableOf = (rollup: Rollup, level: Level): string => `${rollup.name}_${level.name}`;

export const columnsOf = ({ keys, measures }: Rollup): string =>
  [...keys, "start", ...measures.map(([name]) => name)].join(", ");

/** Rows of the table of a level, of `rows` that fall together in its buckets. */
export const mergedInto = ({ keys, merged }: Rollup, { widthNs }: Level, rows: string): string =>
  `SELECT ${keys.join(", ")}, start - start % ${widthNs} AS start, ${merged.join(", ")} FROM (${rows}) GROUP BY ALL`;

/** Of one process each. */
export interface Windows {
  /** A relation of process, since and until. */
  readonly relation: string;
  /** What rows have to fulfil besides: bounds of all windows, where they are known. */
  readonly condition: string;
}

const within = (rows: string, { relation, condition }: Windows): string =>
  `SELECT t.* FROM ${rows} AS t JOIN ${relation} AS w(process, since, until)
     ON w.process = t.process AND t.start >= w.since AND t.start < w.until WHERE ${condition}`;

const append = (rollup: Rollup, level: Level, rows: string): string =>
  `INSERT INTO ${tableOf(rollup, level)} (${columnsOf(rollup)}) ${mergedInto(rollup, level, rows)}`;

/** What the table of a level holds within windows, made of the level below or of records. */
export function fillLevel(rollup: Rollup, level: Level, windows: Windows): string {
  const finer = rollup.levels[rollup.levels.indexOf(level) - 1];
  return append(rollup, level, within(finer === undefined ? `(${rollup.records})` : tableOf(rollup, finer), windows));
}

export const clearLevel = (rollup: Rollup, level: Level, { relation, condition }: Windows): string =>
  `DELETE FROM ${tableOf(rollup, level)} AS t USING ${relation} AS w(process, since, until)
     WHERE w.process = t.process AND t.start >= w.since AND t.start < w.until AND ${condition}`;

export const addEnds = (rollup: Rollup, ends: string, level: Level, windows: Windows): string =>
  append(rollup, level, within(`(${ends})`, windows));
