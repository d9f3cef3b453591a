// Calls as rows of the table of spans: a call is a span inside the program that has the name of its function.
import { mostCalls, mostTreeSpans } from "../../shared/protocol/call-calls.js";
import { spanKinds } from "../../shared/trace/attributes.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { isOpen, spanFields } from "./spans.js";
import { attributeIn } from "./sql-text.js";

/** Later than anything that is recorded. */
const maxInstant = 2n ** 62n;

const attribute = attributeIn("t.attributes");

/** Of `span AS t JOIN name AS n`. */
const isCall = `(t.kind = ${spanKinds.indexOf("internal")} AND contains(t.attributes, '"code.function.name"')
  AND coalesce(${attribute("code.function.name")} = n.text, false))`;

const fields = `${spanFields}, t.parent, ${isCall} AS is_call,
  coalesce(${attribute("code.file.path")}, '') AS file, coalesce(try_cast(${attribute("code.line.number")} AS UINTEGER), 0) AS line,
  coalesce(try_cast(${attribute("code.column.number")} AS UINTEGER), 0) AS "column"`;

const from = `span AS t LEFT JOIN name AS n ON n.id = t.name`;
const order = `ORDER BY t.instant, t.process, t.seq`;
const backwards = `ORDER BY t.instant DESC, t.process DESC, t.seq DESC`;

export interface AskedCalls {
  readonly from: bigint;
  readonly to: bigint;
  readonly function?: string | undefined;
  readonly after?: { readonly instant: bigint; readonly process: number; readonly seq: number } | undefined;
  readonly limit: number;
  /** The latest first: `after` is then what they come before. */
  readonly isBackwards?: boolean | undefined;
}

export function callsInRange(query: Query, asked: AskedCalls): Promise<Rows> {
  const { function: name = "", isBackwards = false } = asked;
  const beyond = isBackwards
    ? { instant: asked.to, process: 0xffff_ffff, seq: Number.MAX_SAFE_INTEGER }
    : { instant: asked.from, process: 0, seq: -1 };
  const { after = beyond } = asked;
  const is = isBackwards ? "<" : ">";
  return query(
    `SELECT ${fields} FROM ${from} WHERE t.instant BETWEEN $1 AND $2 AND t.kind = ${spanKinds.indexOf("internal")} AND ${isCall}
       AND ($3 = '' OR n.text = $3 OR ends_with(n.text, '.' || $3))
       AND (t.instant ${is} $4 OR (t.instant = $4 AND (t.process ${is} $5 OR (t.process = $5 AND t.seq ${is} $6))))
       ${isBackwards ? backwards : order} LIMIT $7`,
    [
      asked.from,
      asked.to,
      name,
      after.instant,
      BigInt(after.process),
      BigInt(after.seq),
      BigInt(Math.min(asked.limit, mostCalls)),
    ],
  );
}

/** Those under way at an instant, also of processes that ended without saying so; the latest of them. */
export const openCalls = (query: Query, instant: bigint, limit: number): Promise<Rows> =>
  query(
    `SELECT ${fields} FROM ${from} JOIN process AS p ON p.process = t.process WHERE ${isOpen("$1")}
     ORDER BY t.instant DESC, t.process, t.seq DESC LIMIT $2`,
    [instant, BigInt(limit)],
  );

/** Spans, each by its process and its number there. */
type NamedSpans = readonly (readonly [process: number, span: number])[];

/** What `sql` makes of the table `named` that they are. */
const queryNamed = (query: Query, named: NamedSpans, sql: string): Promise<Rows> =>
  query(
    `WITH named AS (SELECT split_part(one, ':', 1)::UINTEGER AS process, split_part(one, ':', 2)::UINTEGER AS span
       FROM (SELECT unnest(string_split($1, ',')) AS one)) ${sql}`,
    [named.map(([process, span]) => `${process}:${span}`).join(",")],
  );

export const namedCalls = (query: Query, named: NamedSpans): Promise<Rows> =>
  queryNamed(
    query,
    named,
    `SELECT ${fields} FROM ${from} SEMI JOIN named ON named.process = t.process AND named.span = t.span`,
  );

/** What some spans caused directly, in their process. */
export const childrenOf = (query: Query, named: NamedSpans): Promise<Rows> =>
  queryNamed(
    query,
    named,
    `SELECT t.process, t.parent, t.instant, t.end_instant FROM span AS t
     SEMI JOIN named ON named.process = t.process AND named.span = t.parent`,
  );

export interface AskedTree {
  readonly from: bigint;
  readonly to: bigint;
  readonly process?: number | undefined;
  readonly below?: { readonly process: number; readonly spanId: string } | undefined;
}

/** Spans of the range, or of the whole trace that a span is of; one more than are looked at, where there are more. */
export function treeRows(query: Query, { from: first, to, process, below }: AskedTree): Promise<Rows> {
  const limit = mostTreeSpans + 1;
  if (below !== undefined)
    return query(
      `SELECT ${fields} FROM ${from} WHERE t.trace_id IN (SELECT trace_id FROM span WHERE process = $1 AND span_id = from_hex($2))
       ${order} LIMIT ${limit}`,
      [BigInt(below.process), below.spanId],
    );
  const within = `t.instant BETWEEN $1 AND $2`;
  return process === undefined
    ? query(`SELECT ${fields} FROM ${from} WHERE ${within} ${order} LIMIT ${limit}`, [first, to])
    : query(`SELECT ${fields} FROM ${from} WHERE ${within} AND t.process = $3 ${order} LIMIT ${limit}`, [
        first,
        to,
        BigInt(process),
      ]);
}

/** When it ended, the moment after the last record where it did not, and what is known of it. */
export async function endOfCall(
  query: Query,
  process: number,
  spanId: string,
): Promise<{ readonly seq: number; readonly instant: bigint; readonly attributes: string } | undefined> {
  const rows = await query(
    `SELECT coalesce(end_seq, ${Number.MAX_SAFE_INTEGER}) AS seq, coalesce(end_instant, ${maxInstant}) AS instant, attributes
       FROM span WHERE process = $1 AND span_id = from_hex($2) LIMIT 1`,
    [BigInt(process), spanId],
  );
  const [seq, instant, attributes] = [rows.numbers("seq")[0], rows.bigints("instant")[0], rows.texts("attributes")[0]];
  return seq === undefined || instant === undefined ? undefined : { seq, instant, attributes: attributes ?? "" };
}
