// Tables as pages in the order (instant, process, seq): each begins behind the last row of the one before, so that
// reading all of a long recording takes time in proportion to it.
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import { mostRows } from "./columns.js";
import { type EventColumns, eventColumns, eventsOf } from "./events.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { type SpanColumns, isOpen, overlapping, spanColumns, spansOf } from "./spans.js";

type PageArgs = Omit<CallArgs<"events.page">, "recordingId">;
type Cursor = NonNullable<PageArgs["after"]>;

const order = `t.instant, t.process, t.seq`;
/** Spelled out: DuckDB 1.5 refuses two row comparisons. */
const isBehind = `t.instant >= $3 AND (t.instant > $3 OR t.process > $4 OR (t.process = $4 AND t.seq > $5))`;
const fromTheStart: Cursor = { instant: -(2n ** 62n), process: 0, seq: 0 };

export async function eventsPage(query: Query, start: bigint, args: PageArgs): Promise<CallResult<"events.page">> {
  const found = await pageOf(query, `event AS t WHERE t.instant BETWEEN $1 AND $2`, eventsOf, args);
  const page: EventColumns = eventColumns(found.rows, start, found.next !== undefined);
  return { total: found.total, page, next: found.next };
}

export async function spansPage(
  query: Query,
  start: bigint,
  { openOnly, ...args }: Omit<CallArgs<"spans.page">, "recordingId">,
): Promise<CallResult<"spans.page">> {
  const from = openOnly === true ? `span AS t JOIN process AS p ON p.process = t.process` : `span AS t`;
  const condition = openOnly === true ? `${isOpen("$2")} AND $1 <= $2` : overlapping;
  const found = await pageOf(query, `${from} WHERE ${condition}`, spansOf, args);
  const page: SpanColumns = spanColumns(found.rows, start, found.next !== undefined);
  return { total: found.total, page, next: found.next };
}

/** `from` names the table `t` and has $1 and $2 for the range; `shown` selects what is sent from rows called `t`. */
async function pageOf(
  query: Query,
  from: string,
  shown: (chosen: string) => string,
  args: PageArgs,
): Promise<{ readonly total: number; readonly rows: Rows; readonly next: Cursor | undefined }> {
  const after = args.after ?? fromTheStart;
  const limit = Math.min(args.limit, mostRows);
  const chosen = `SELECT t.* FROM ${from} AND ${isBehind} ORDER BY ${order} LIMIT $6 OFFSET $7`;
  const [total, rows] = await Promise.all([
    query(`SELECT count(*) AS total FROM ${from}`, [args.from, args.to]),
    query(shown(chosen), [args.from, args.to, after.instant, after.process, BigInt(after.seq), limit, args.skip ?? 0]),
  ]);
  const [instant, process, seq] = [
    rows.bigints("instant").at(-1),
    rows.numbers("process").at(-1),
    rows.numbers("seq").at(-1),
  ];
  const isLast = rows.length < limit || instant === undefined || process === undefined || seq === undefined;
  return {
    total: total.numbers("total")[0] ?? 0,
    rows,
    next: isLast ? undefined : { instant, process, seq },
  };
}
