// Everything that belongs to a trace or a span by its id: the spans, and what was logged, told and written within them.
import type { CallResult } from "../../shared/protocol/engine-calls.js";
import { type SearchKind, searchKinds } from "../../shared/protocol/engine-rows.js";
import { processColumn, relative, small } from "./columns.js";
import type { Query } from "./readers.js";

type Carriers = CallResult<"ids.rows">;

const idLengths = { trace: 32, span: 16 };
const mostText = 300;

const rowsOf = (table: string, kind: SearchKind, title: string, text: string, joins = ""): string =>
  `SELECT ${searchKinds.indexOf(kind)} AS kind, t.process, t.seq, t.instant, ${title} AS title, left(${text}, ${mostText}) AS text,
     lower(hex(own.span_id)) AS span_id, lower(hex(own.trace_id)) AS trace_id
   FROM ${table} AS t JOIN own ON own.process = t.process AND own.span = t.span ${joins}`;

/** None where the text is no such id. */
export async function rowsOfId(query: Query, start: bigint, id: string, limit: number): Promise<Carriers> {
  const isTrace = id.length === idLengths.trace;
  const isId = /^[0-9a-f]+$/i.test(id) && (isTrace || id.length === idLengths.span);
  const named = `LEFT JOIN name AS n ON n.id = t.name`;
  const called = isTrace ? "trace_id = from_hex($1)" : "span_id = from_hex($1) OR parent_span_id = from_hex($1)";
  const rows = await query(
    `WITH own AS MATERIALIZED (SELECT process, span, span_id, trace_id FROM span WHERE ${isId ? called : "$1 IS NULL"}),
     row AS (
       ${rowsOf("span", "span", "n.text", "t.attributes", named)}
       UNION ALL ${rowsOf("log", "log", "n.text", "t.body", "LEFT JOIN name AS n ON n.id = t.source")}
       UNION ALL ${rowsOf("event", "event", "n.text", "t.attributes", named)}
       UNION ALL ${rowsOf("write", "write", "coalesce(t.key, '')", "t.value")})
     SELECT * FROM row ORDER BY instant, process, seq LIMIT ${limit + 1}`,
    [id.toLowerCase()],
  );
  const kinds = rows.numbers("kind");
  const shown = Math.min(limit, kinds.length);
  const texts = (column: string): string[] => rows.textsOrEmpty(column).slice(0, shown);
  const numbers = (column: string): number[] => rows.numbers(column).slice(0, shown);
  return {
    truncated: kinds.length > limit,
    kind: small(numbers("kind")),
    process: processColumn(numbers("process")),
    seq: Float64Array.from(numbers("seq")),
    timeNs: relative(rows.bigints("instant").slice(0, shown), start),
    titles: texts("title"),
    texts: texts("text"),
    spanIds: texts("span_id"),
    traceIds: texts("trace_id"),
  };
}
