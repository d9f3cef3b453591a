// Events as columns, and records of every kind around an instant as (name, time) rows.
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import type { RecordingSummary } from "../../shared/protocol/recording-summary.js";
import { attributeTexts } from "./attribute-texts.js";
import { mostRows, relative, processColumn } from "./columns.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { storable } from "./zoom-levels.js";
import { storedOperations } from "./schema.js";

export type EventColumns = CallResult<"events.range">;

/** What is shown of rows of the table `event`. */
export const eventsOf = (chosen: string): string =>
  `WITH chosen AS (${chosen})
   SELECT t.process, t.seq, t.instant, n.text AS name, t.attributes, lower(hex(s.span_id)) AS span_id FROM chosen AS t
   LEFT JOIN name AS n ON n.id = t.name LEFT JOIN span AS s ON s.process = t.process AND s.span = t.span
   ORDER BY t.instant, t.process, t.seq`;

export async function eventsInRange(
  query: Query,
  start: bigint,
  from: bigint,
  to: bigint,
  limit: number,
): Promise<EventColumns> {
  const most = Math.min(limit, mostRows);
  // Of narrow columns first: DuckDB reads all columns of all rows that it sorts.
  const nearest = `SELECT instant FROM event WHERE instant BETWEEN $1 AND $2 ORDER BY instant LIMIT $3`;
  const [total, last] = await Promise.all([
    query(`SELECT count(*) AS total FROM event WHERE instant BETWEEN $1 AND $2`, [from, to]),
    query(`SELECT max(instant) AS last FROM (${nearest})`, [from, to, most]),
  ]);
  const rows = await query(
    eventsOf(`SELECT * FROM event WHERE instant BETWEEN $1 AND $2 ORDER BY instant, process, seq LIMIT $3`),
    [from, last.optionalBigints("last")[0] ?? to, most],
  );
  return eventColumns(rows, start, (total.numbers("total")[0] ?? 0) > most);
}

const operationName = `list_element([${storedOperations.map((kind) => `'${kind}'`).join(", ")}], operation + 1)`;

interface Kind {
  readonly of: keyof RecordingSummary["counts"];
  readonly time: string;
  /** Process, seq, id of a name, further text, attributes, span. */
  readonly columns: string;
  readonly table: string;
}
/** All in one shape. */
const everyKind: readonly Kind[] = [
  { of: "events", time: "instant", columns: `process, seq, name, '', attributes, span`, table: "event" },
  {
    of: "logs",
    time: "instant",
    columns: `process, seq, 0, 'log: ' || left(body, 200), attributes, span`,
    table: "log",
  },
  { of: "spans", time: "instant", columns: `process, seq, name, ' begins', attributes, span`, table: "span" },
  { of: "spans", time: "end_instant", columns: `process, end_seq, name, ' ends', attributes, span`, table: "span" },
  {
    of: "writes",
    time: "instant",
    columns: `process, seq, 0, 'write: ' || ${operationName} || coalesce(' ' || key, ''), '{}', span`,
    table: "write",
  },
  { of: "writes", time: "instant", columns: `process, seq, 0, 'write: captured', '{}', span`, table: "keyframe" },
  {
    of: "metrics",
    time: "instant",
    columns: `metric.process, seq, name, ' = ' || regexp_replace(value::VARCHAR, '[.]0$', ''), attributes, 0`,
    table: "metric JOIN series ON series.id = metric.series",
  },
];

/** The instants of the nearest `$2` records on one side: text is put together only for what lies within. */
const nearestInstants = (
  kinds: readonly Kind[],
  condition: (time: string) => string,
  direction: "ASC" | "DESC",
): string =>
  kinds
    .map(
      ({ time, table }) =>
        `(SELECT ${time} AS t FROM ${table} WHERE ${condition(time)} ORDER BY 1 ${direction} LIMIT $2)`,
    )
    .join(" UNION ALL ");

/** Of most records the nearest are near: what lies farther off is not looked at before that is known not to do. */
const nearNs = [100_000_000n, 3_200_000_000n, 102_400_000_000n, 2n ** 62n];

/** The instant of the record that is the `count`th on one side, or of the last there is. */
async function edge(
  query: Query,
  kinds: readonly Kind[],
  instant: bigint,
  count: number,
  side: "before" | "after",
): Promise<bigint> {
  const [condition, direction, last] =
    side === "before"
      ? ([(time: string) => `${time} BETWEEN $3 AND $1`, "DESC", "min"] as const)
      : ([(time: string) => `${time} > $1 AND ${time} <= $3`, "ASC", "max"] as const);
  for (const widthNs of nearNs) {
    const limit = storable(side === "before" ? instant - widthNs : instant + widthNs);
    const rows = await query(
      `SELECT count(*) AS found, coalesce(${last}(t), $1) AS edge
       FROM (SELECT t FROM (${nearestInstants(kinds, condition, direction)}) ORDER BY t ${direction} LIMIT $2)`,
      [instant, count, limit],
    );
    if ((rows.numbers("found")[0] ?? 0) >= count || widthNs === nearNs.at(-1))
      return rows.bigints("edge")[0] ?? instant;
  }
  return instant;
}

const orderBy = (direction: "ASC" | "DESC"): string =>
  `ORDER BY instant ${direction}, process ${direction}, seq ${direction}`;

export interface Around {
  readonly instant: bigint;
  readonly before: number;
  readonly after: number;
}

/** What is known of a recording before it is asked. */
export interface Extent {
  readonly start: bigint;
  readonly end: bigint;
  readonly counts: RecordingSummary["counts"];
}

/** Up to `before` records at or before the instant and `after` later ones, in order. */
export async function eventsAround(
  query: Query,
  { start, end, counts: counted }: Extent,
  { instant, before, after }: Around,
): Promise<EventColumns> {
  // To plan and look through a table costs as much when nothing is in it.
  const found = everyKind.filter(({ of }) => counted[of] > 0);
  const kinds = found.length === 0 ? everyKind : found;
  const counts = [Math.min(before, mostRows / 2), Math.min(after, mostRows / 2)] as const;
  const expectedNs = usualNs(end - start, counted, counts[0] + counts[1]);
  if (expectedNs < mostExpectedNs) {
    const near = await nearestWithin(query, kinds, instant, [instant - expectedNs, instant + expectedNs], counts);
    const isBefore = near.bigints("instant").filter((at) => at <= instant).length;
    if (isBefore === counts[0] && near.length - isBefore === counts[1]) return eventColumns(near, start, false);
  }
  const [first, last] = await Promise.all([
    edge(query, kinds, instant, counts[0], "before"),
    edge(query, kinds, instant, counts[1], "after"),
  ]);
  return eventColumns(await nearestWithin(query, kinds, instant, [first, last], counts), start, false);
}

/** Where so many records are usual on both sides of an instant, that many are looked at, whatever they hold. */
const mostExpectedNs = 1_000_000_000n;
const timesExpected = 4;

function usualNs(lengthNs: bigint, counts: Extent["counts"], wanted: number): bigint {
  const records = counts.events + counts.logs + counts.spans + counts.writes + counts.metrics;
  return records === 0 ? mostExpectedNs : BigInt(Math.ceil((timesExpected * wanted * Number(lengthNs)) / records));
}

/** The nearest on each side of those between two instants. */
async function nearestWithin(
  query: Query,
  kinds: readonly Kind[],
  instant: bigint,
  [first, last]: readonly [bigint, bigint],
  [before, after]: readonly [number, number],
): Promise<Rows> {
  const within = kinds
    .map(({ time, columns, table }) => `SELECT ${time}, ${columns} FROM ${table} WHERE ${time} BETWEEN $2 AND $3`)
    .join(" UNION ALL ");
  return query(
    `WITH near AS (SELECT * FROM (${within}) AS t(instant, process, seq, id, what, attributes, span)),
       chosen AS (
         (SELECT * FROM near WHERE instant <= $1 ${orderBy("DESC")} LIMIT $4)
         UNION ALL (SELECT * FROM near WHERE instant > $1 ${orderBy("ASC")} LIMIT $5))
     SELECT t.process, t.seq, t.instant, coalesce(n.text, '') || t.what AS name, t.attributes,
       lower(hex(s.span_id)) AS span_id FROM chosen AS t LEFT JOIN name AS n ON n.id = t.id
       LEFT JOIN span AS s ON s.process = t.process AND s.span = t.span
     ORDER BY t.instant, t.process, t.seq`,
    [instant, first, last, before, after],
  );
}

export function eventColumns(rows: Rows, start: bigint, truncated: boolean): EventColumns {
  return {
    truncated,
    process: processColumn(rows.numbers("process")),
    seq: Float64Array.from(rows.numbers("seq")),
    timeNs: relative(rows.bigints("instant"), start),
    names: rows.textsOrEmpty("name"),
    attributes: attributeTexts(rows),
    spanIds: rows.textsOrEmpty("span_id"),
  };
}
