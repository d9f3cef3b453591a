// Spans that took a tenth of a second or longer are in the file once more, in tables by how long they took: a look at a wide range
// finds the longest of it there, and those that reach into it from before, without looking through all others. A span is in one of
// these tables, whole, from the commit on that brings its end.
import { type Level, storable } from "./zoom-levels.js";

const millisecond = 1_000_000n;

/** Spans that took at least `widthNs`, and less than that of the next class. */
export const longClasses: readonly Level[] = [
  { name: "100ms", widthNs: 100n * millisecond },
  { name: "1s", widthNs: 1000n * millisecond },
  { name: "10s", widthNs: 10_000n * millisecond },
  { name: "60s", widthNs: 60_000n * millisecond },
];

/** A span that is in none of these tables took less. */
export const shortestLongNs = 100n * millisecond;

export const longTableOf = ({ name }: Level): string => `long_${name}`;

const nextWidth = (at: number): bigint | undefined => longClasses[at + 1]?.widthNs;

/** Which of them a span that took so long is in; undefined: in none. */
export function classOf(lengthNs: bigint): number | undefined {
  const at = longClasses.findLastIndex(({ widthNs }) => lengthNs >= widthNs);
  return at < 0 ? undefined : at;
}

/** Columns as those of `span`, and how long it took: DuckDB passes over what is shorter than asked for before it unpacks the rest. */
const columns = `process UINTEGER, span UINTEGER, seq BIGINT, instant BIGINT, end_seq BIGINT, end_instant BIGINT, parent UINTEGER,
  lane USMALLINT, kind UTINYINT, status UTINYINT, name UINTEGER, trace_id BLOB, span_id BLOB, parent_span_id BLOB,
  attributes VARCHAR USING COMPRESSION zstd, length BIGINT`;

const [shortest, ...longer] = longClasses.map((one, at) => {
  const next = nextWidth(at);
  const isOf = `length >= ${one.widthNs}${next === undefined ? "" : ` AND length < ${next}`}`;
  return { table: longTableOf(one), isOf };
});

/** Of a file into which no spans are recorded any more, from those it has: all of them are looked through once. */
export const filledLongSpans: readonly string[] = [
  `INSERT INTO ${shortest?.table} SELECT *, end_instant - instant FROM span WHERE end_instant - instant >= ${shortestLongNs}`,
  ...longer.map(({ table, isOf }) => `INSERT INTO ${table} SELECT * FROM ${shortest?.table} WHERE ${isOf}`),
  `DELETE FROM ${shortest?.table} WHERE NOT (${shortest?.isOf})`,
];

export const longSpanTables: readonly string[] = [
  ...longClasses.map((one) => `CREATE TABLE ${longTableOf(one)} (${columns})`),
  ...filledLongSpans,
];

/** Of the stretch between $1 and $2. */
export const evictedLongSpans: readonly string[] = longClasses.map(
  (one) => `DELETE FROM ${longTableOf(one)} WHERE instant >= $1 AND end_instant < $2`,
);

const asSpan = (one: Level): string => `SELECT * EXCLUDE (length) FROM ${longTableOf(one)}`;

/** Relations of spans that took so long or longer and began in [from, to], of each class one. */
export function longWithin(from: bigint, to: bigint, leastNs: bigint): string[] {
  return longClasses.flatMap((one, at) => {
    const next = nextWidth(at);
    if (next !== undefined && next <= leastNs) return [];
    const isLong = leastNs > one.widthNs ? ` AND length >= ${leastNs}` : "";
    return `${asSpan(one)} WHERE instant BETWEEN ${from} AND ${to}${isLong}`;
  });
}

/** Relations of spans that have ended, began before `from`, and ended then or later. */
export function reachingInto(from: bigint): string[] {
  const long = longClasses.map((one, at) => {
    const next = nextWidth(at);
    const isNear = next === undefined ? "" : ` AND instant >= ${storable(from - next)}`;
    return `${asSpan(one)} WHERE instant < ${from}${isNear} AND end_instant >= ${from}`;
  });
  return [
    `SELECT * FROM span WHERE instant >= ${storable(from - shortestLongNs)} AND instant < ${from} AND end_instant >= ${from}
      AND end_instant - instant < ${shortestLongNs}`,
    ...long,
  ];
}

/**
 * The least length such that `most` spans that began in [from, to] took as long, of those that took `leastNs` at least;
 * `leastNs` where there are fewer.
 */
export const shortestOfLongest = (from: bigint, to: bigint, leastNs: bigint, most: number): string =>
  `SELECT coalesce(if(count(*) < ${most}, NULL, min(length)), ${leastNs}) AS least FROM (
     SELECT length FROM (${longClasses
       .filter((_, at) => (nextWidth(at) ?? leastNs + 1n) > leastNs)
       .map(
         (one) =>
           `SELECT length FROM ${longTableOf(one)} WHERE instant BETWEEN ${from} AND ${to} AND length >= ${leastNs}`,
       )
       .join(" UNION ALL ")}) ORDER BY length DESC LIMIT ${most})`;
