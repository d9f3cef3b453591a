// Events as columns, and records of every kind around an instant as (name, time) rows.
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import { mostRows, relative, small } from "./columns.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { storedOperations } from "./schema.js";

type EventColumns = CallResult<"events.range">;

export async function eventsInRange(
  query: Query,
  start: bigint,
  from: bigint,
  to: bigint,
  limit: number,
): Promise<EventColumns> {
  const most = Math.min(limit, mostRows);
  const [total, rows] = await Promise.all([
    query(`SELECT count(*) AS total FROM event WHERE instant BETWEEN $1 AND $2`, [from, to]),
    query(
      `WITH chosen AS (SELECT * FROM event WHERE instant BETWEEN $1 AND $2 ORDER BY instant, process, seq LIMIT $3)
       SELECT t.process, t.seq, t.instant, n.text AS name, t.attributes, lower(hex(s.span_id)) AS span_id FROM chosen AS t
       LEFT JOIN name AS n ON n.id = t.name LEFT JOIN span AS s ON s.process = t.process AND s.span = t.span AND t.span > 0
       ORDER BY t.instant, t.process, t.seq`,
      [from, to, most],
    ),
  ]);
  return columnsFrom(rows, start, (total.numbers("total")[0] ?? 0) > most);
}

const operationName = `list_element([${storedOperations.map((kind) => `'${kind}'`).join(", ")}], operation + 1)`;

/** Every kind in one shape. `what` is the name of the row, `id` one of the dictionary where there is one. */
const everyKind = `
  SELECT process, seq, instant, name AS id, '' AS what, attributes, span FROM event WHERE RANGE(instant)
  UNION ALL SELECT process, seq, instant, 0, 'log: ' || left(body, 200), attributes, span FROM log WHERE RANGE(instant)
  UNION ALL SELECT process, seq, instant, name, ' begins', attributes, span FROM span WHERE RANGE(instant)
  UNION ALL SELECT process, end_seq, end_instant, name, ' ends', attributes, span FROM span WHERE RANGE(end_instant)
  UNION ALL SELECT process, seq, instant, 0, 'write: ' || ${operationName} || coalesce(' ' || key, ''), '{}', span FROM write WHERE RANGE(instant)
  UNION ALL SELECT process, seq, instant, 0, 'write: captured', '{}', span FROM keyframe WHERE RANGE(instant)
  UNION ALL SELECT m.process, m.seq, m.instant, s.name, ' = ' || m.value, s.attributes, 0 FROM metric AS m
    JOIN series AS s ON s.id = m.series WHERE RANGE(m.instant)`;

const within = (condition: string): string =>
  everyKind.replace(/RANGE\((\w+(?:\.\w+)?)\)/g, (_, column: string) => `${column} ${condition}`);

/** Up to `before` records at or before the instant and `after` later ones, in order. */
export async function eventsAround(
  query: Query,
  start: bigint,
  instant: bigint,
  before: number,
  after: number,
): Promise<EventColumns> {
  const order = (direction: string): string => `ORDER BY instant ${direction}, process ${direction}, seq ${direction}`;
  const rows = await query(
    `WITH chosen AS (
       (SELECT * FROM (${within("<= $1")}) ${order("DESC")} LIMIT $2)
       UNION ALL (SELECT * FROM (${within("> $1")}) ${order("ASC")} LIMIT $3))
     SELECT t.process, t.seq, t.instant, coalesce(n.text, '') || t.what AS name, t.attributes,
       lower(hex(s.span_id)) AS span_id FROM chosen AS t LEFT JOIN name AS n ON n.id = t.id
       LEFT JOIN span AS s ON s.process = t.process AND s.span = t.span AND t.span > 0
     ORDER BY t.instant, t.process, t.seq`,
    [instant, Math.min(before, mostRows / 2), Math.min(after, mostRows / 2)],
  );
  return columnsFrom(rows, start, false);
}

function columnsFrom(rows: Rows, start: bigint, truncated: boolean): EventColumns {
  return {
    truncated,
    process: small(rows.numbers("process")),
    seq: Float64Array.from(rows.numbers("seq")),
    timeNs: relative(rows.bigints("instant"), start),
    names: rows.textsOrEmpty("name"),
    attributes: rows.texts("attributes"),
    spanIds: rows.textsOrEmpty("span_id"),
  };
}
