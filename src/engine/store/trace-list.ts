// Which traces have spans in a stretch, and all spans of some of them.
import type { SpanFilter } from "../../shared/protocol/row-filters.js";
import type { TraceOrder } from "../../shared/protocol/trace-calls.js";
import { spanStatuses } from "../../shared/trace/attributes.js";
import { mostRows } from "./columns.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { isFiltered, spanConditions } from "./span-filter.js";
import { overlappingSpans, spanFields } from "./spans.js";
import { storable } from "./zoom-levels.js";

export interface WantedTraces {
  readonly from: bigint;
  readonly to: bigint;
  readonly order: TraceOrder;
  readonly limit: number;
  readonly include?: string | undefined;
  readonly filter?: SpanFilter | undefined;
}

/** Of one trace, the earliest. */
export const mostSpansShown = 5000;

const orders = { newest: "first DESC", longest: "last - first DESC, first" } as const;

export async function tracesIn(
  query: Query,
  { from, to, order, limit, include = "", filter = {} }: WantedTraces,
): Promise<{ readonly total: number; readonly ids: readonly string[] }> {
  const range = [storable(from), storable(to)];
  const wanted = isFiltered(filter) ? spanConditions(filter) : undefined;
  // The first few of many: to number all of them takes twice as long.
  const rows = await query(
    `WITH found AS MATERIALIZED (
       SELECT trace_id, min(instant) AS first, max(coalesce(end_instant, greatest($2, instant))) AS last
       FROM ${overlappingSpans} AS t GROUP BY trace_id ${wanted === undefined ? "" : `HAVING bool_or(${wanted.sql(3)})`}),
     chosen AS (
       (SELECT * FROM found ORDER BY ${orders[order]}, trace_id LIMIT ${limit})
       UNION SELECT * FROM found WHERE trace_id = from_hex($3))
     SELECT lower(hex(trace_id)) AS id, (SELECT count(*) FROM found)::DOUBLE AS total FROM chosen ORDER BY ${orders[order]}, trace_id`,
    [...range, include, ...(wanted?.values ?? [])],
  );
  return { total: rows.numbers("total")[0] ?? 0, ids: rows.texts("id") };
}

/** Trace by trace, as they are named, and as they begin; `place` from 1 on, `spans` and `failed` of the whole trace, `last` NULL while something is open. */
export const spansOfTraces = (query: Query, ids: readonly string[]): Promise<Rows> =>
  query(
    `WITH named AS (SELECT from_hex(unnest(string_split($1, ','))) AS id),
     counted AS (
       SELECT rowid AS stored, count(*) OVER whole AS spans, count(*) FILTER (status = ${spanStatuses.indexOf("error")}) OVER whole AS failed,
         min(instant) OVER whole AS first,
         CASE WHEN count(*) OVER whole = count(end_instant) OVER whole THEN max(end_instant) OVER whole END AS last,
         row_number() OVER (PARTITION BY trace_id ORDER BY instant, process, seq) AS nth,
         list_position(string_split($1, ','), lower(hex(trace_id))) AS place
       FROM span WHERE trace_id IN (SELECT id FROM named) WINDOW whole AS (PARTITION BY trace_id)),
     chosen AS (SELECT * FROM counted WHERE nth <= ${mostSpansShown} ORDER BY place, nth LIMIT ${mostRows})
     SELECT ${spanFields}, place, spans::DOUBLE AS spans, failed::DOUBLE AS failed, first, last
     FROM span AS t JOIN chosen ON t.rowid = stored LEFT JOIN name AS n ON n.id = t.name ORDER BY place, nth`,
    [ids.join(",")],
  );

/** Clocks of processes on one machine do not differ by more. */
const farthestNs = 600_000_000_000n;
/** More children are not looked through. */
const mostChildren = 200_000;

export interface NamedSpans {
  readonly from: bigint;
  readonly to: bigint;
  readonly spanIds: readonly string[];
}

const familyFields = `process, instant, end_instant, kind, lower(hex(span_id)) AS span_id, lower(hex(parent_span_id)) AS parent_id,
  lower(hex(trace_id)) AS trace_id`;

/** Spans with these ids that begin in [from, to], and all that they caused directly; `children` undefined where there are too many. */
export async function familiesOf(
  query: Query,
  { from, to, spanIds }: NamedSpans,
  endOfRecording: bigint,
): Promise<{ readonly parents: Rows; readonly children: Rows | undefined }> {
  const ids = spanIds.filter((id) => /^[0-9a-f]{16}$/.test(id)).join(",");
  const isNamed = `IN (SELECT from_hex(unnest(string_split($1, ','))))`;
  const parents = await query(
    `SELECT ${familyFields} FROM span WHERE instant BETWEEN $2 AND $3 AND span_id ${isNamed}`,
    [ids, storable(from), storable(to)],
  );
  const lastEnd = parents
    .optionalBigints("end_instant")
    .reduce<bigint>((last, end = endOfRecording) => (end > last ? end : last), from);
  const children = await query(
    `SELECT ${familyFields} FROM span WHERE instant BETWEEN $2 AND $3 AND parent_span_id ${isNamed}
     ORDER BY instant, process, seq LIMIT ${mostChildren + 1}`,
    [ids, storable(from - farthestNs), storable(lastEnd + farthestNs)],
  );
  return { parents, children: children.length > mostChildren ? undefined : children };
}
