// Requests of one route, by row number: the slowest or the latest first.
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import type { RequestOutcome } from "../../shared/protocol/request-calls.js";
import { spanStatuses } from "../../shared/trace/attributes.js";
import { processColumn, relative, small } from "./columns.js";
import type { Parameter, Query } from "./readers.js";
import { codeSql, errorTypeSql, pathSql, querySql, routeCondition } from "./request-sql.js";
import { storable } from "./zoom-levels.js";

export type RequestList = CallResult<"requests.list">;
type ListArgs = Omit<CallArgs<"requests.list">, "recordingId">;

const took = `end_instant - instant`;
/** Those that did not end may take long yet. */
const orders = {
  slowest: `${took} DESC NULLS FIRST, instant, process, seq`,
  latest: `instant DESC, process DESC, seq DESC`,
} as const;

export async function requestList(query: Query, start: bigint, args: ListArgs): Promise<RequestList> {
  const route = await routeCondition(query, args, 3);
  const first = Math.max(0, args.first);
  if (route === undefined)
    return listFrom(await query(listSql("false", args.order), [BigInt(first), args.limit]), start, first, 0);
  const values: Parameter[] = [storable(args.from), storable(args.to), args.route];
  const parts = [`instant BETWEEN $1 AND $2`, route];
  if (args.outcome !== undefined) parts.push(outcomeIs(args.outcome));
  if (args.leastNs !== undefined) parts.push(`${took} >= $${values.push(BigInt(args.leastNs))}`);
  if (args.mostNs !== undefined) parts.push(`${took} <= $${values.push(BigInt(args.mostNs))}`);
  const where = parts.join(" AND ");
  const counted = await query(`SELECT count(*) AS total FROM span WHERE ${where}`, values);
  const total = counted.numbers("total")[0] ?? 0;
  const rows = await query(listSql(where, args.order, values.length), [...values, BigInt(first), args.limit]);
  return listFrom(rows, start, first, total);
}

/** Of narrow columns first: DuckDB reads all columns of all rows that it sorts. */
const listSql = (where: string, order: ListArgs["order"], given = 0): string => `
  WITH chosen AS (SELECT rowid AS place FROM span WHERE ${where} ORDER BY ${orders[order]} OFFSET $${given + 1} LIMIT $${given + 2})
  SELECT t.process, seq, instant, (${took})::DOUBLE AS took, status, ${codeSql} AS code, coalesce(${errorTypeSql}, '') AS error_type,
    coalesce(${pathSql} || coalesce('?' || ${querySql}, ''), n.text, '') AS target,
    lower(hex(span_id)) AS span_id, lower(hex(trace_id)) AS trace_id
  FROM span AS t LEFT JOIN name AS n ON n.id = t.name WHERE t.rowid IN (SELECT place FROM chosen)
  ORDER BY ${orders[order]}`;

function outcomeIs(outcome: RequestOutcome): string {
  if (outcome === "failed") return `status = ${spanStatuses.indexOf("error")}`;
  if (outcome === "unfinished") return `end_instant IS NULL`;
  const least = 100 * Number(outcome[0]);
  return `${codeSql} BETWEEN ${least} AND ${least + 99}`;
}

function listFrom(rows: Awaited<ReturnType<Query>>, start: bigint, first: number, total: number): RequestList {
  return {
    first,
    total,
    process: processColumn(rows.numbers("process")),
    seq: Float64Array.from(rows.numbers("seq")),
    timeNs: relative(rows.bigints("instant"), start),
    tookNs: Float64Array.from(rows.float64sOrNaN("took")),
    status: small(rows.numbers("status")),
    code: Uint16Array.from(rows.numbers("code")),
    targets: rows.texts("target"),
    errorTypes: rows.texts("error_type"),
    spanIds: rows.textsOrEmpty("span_id"),
    traceIds: rows.textsOrEmpty("trace_id"),
  };
}
