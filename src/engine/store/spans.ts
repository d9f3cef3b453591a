// Spans as columns. Lanes were given when the spans were recorded (ingest/lanes.ts).
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import { attributeTexts } from "./attribute-texts.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { mostRows, processColumn, relative, small } from "./columns.js";

export type SpanColumns = CallResult<"spans.range">;

/** Of `span AS t LEFT JOIN name AS n`. */
export const spanFields = `t.process, t.seq, t.span, t.instant, t.end_instant, t.lane, t.kind, t.status, n.text AS name, lower(hex(t.span_id)) AS span_id,
  lower(hex(t.trace_id)) AS trace_id, lower(hex(t.parent_span_id)) AS parent_span_id, t.attributes`;

/** What is shown of rows of the table `span`. */
export const spansOf = (chosen: string): string =>
  `WITH chosen AS (${chosen})
   SELECT ${spanFields} FROM chosen AS t LEFT JOIN name AS n ON n.id = t.name ORDER BY t.instant, t.process, t.seq`;

export const overlapping = `t.instant <= $2 AND (t.end_instant IS NULL OR t.end_instant >= $1)`;

/**
 * Those that overlap [$1, $2], as a relation: what began within, what began before and ends later, and what is open. Of each of
 * these DuckDB knows which groups of rows have none.
 */
export const overlappingSpans = `(
  SELECT * FROM span WHERE instant BETWEEN $1 AND $2 AND (end_instant IS NULL OR end_instant >= $1)
  UNION ALL SELECT * FROM span WHERE instant < $1 AND instant <= $2 AND end_instant >= $1
  UNION ALL SELECT * FROM span WHERE instant < $1 AND instant <= $2 AND end_instant IS NULL)`;

/** The longest `limit` of those that overlap [from, to], in order of their start. */
export async function spansInRange(
  query: Query,
  start: bigint,
  from: bigint,
  to: bigint,
  limit: number,
): Promise<SpanColumns> {
  const most = Math.min(limit, mostRows);
  const [total, rows] = await Promise.all([
    query(`SELECT count(*) AS total FROM ${overlappingSpans}`, [from, to]),
    query(
      spansOf(`SELECT * FROM ${overlappingSpans}
        ORDER BY coalesce(end_instant, $2 + 1) - instant DESC, instant, process, seq LIMIT $3`),
      [from, to, most],
    ),
  ]);
  return spanColumns(rows, start, (total.numbers("total")[0] ?? 0) > most);
}

/** Of `span AS t JOIN process AS p`; `at` is the parameter with the instant. */
export const isOpen = (at: string): string =>
  `t.instant <= ${at} AND (t.end_instant > ${at} OR (t.end_instant IS NULL AND (p.ended IS NULL OR p.ended >= ${at})))`;

/** Those begun and not ended at an instant; what a program left open is no longer open once the program has ended. */
export async function spansOpenAt(query: Query, start: bigint, instant: bigint, limit: number): Promise<SpanColumns> {
  const most = Math.min(limit, mostRows);
  const [total, rows] = await Promise.all([
    query(`SELECT count(*) AS total FROM span AS t JOIN process AS p ON p.process = t.process WHERE ${isOpen("$1")}`, [
      instant,
    ]),
    query(
      `SELECT ${spanFields} FROM span AS t LEFT JOIN name AS n ON n.id = t.name JOIN process AS p ON p.process = t.process
       WHERE ${isOpen("$1")} ORDER BY t.instant, t.process, t.seq LIMIT $2`,
      [instant, most],
    ),
  ]);
  return spanColumns(rows, start, (total.numbers("total")[0] ?? 0) > most);
}

export function spanColumns(rows: Rows, start: bigint, truncated: boolean): SpanColumns {
  return {
    truncated,
    process: processColumn(rows.numbers("process")),
    startNs: relative(rows.bigints("instant"), start),
    endNs: relative(rows.optionalBigints("end_instant"), start),
    lane: Uint16Array.from(rows.numbers("lane")),
    kind: small(rows.numbers("kind")),
    status: small(rows.numbers("status")),
    names: rows.textsOrEmpty("name"),
    spanIds: rows.texts("span_id"),
    traceIds: rows.texts("trace_id"),
    parentSpanIds: rows.textsOrEmpty("parent_span_id"),
    attributes: attributeTexts(rows),
  };
}
