// Tables as pages in the order (instant, process, seq): each begins behind the last row of the one before, so that
// reading all of a long recording takes time in proportion to it. How many rows there are is counted once for as long as they
// stay the same ones: each page is asked for together with what changes when they do not.
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
const afterAll = 2n ** 62n;
const fromTheStart: Cursor = { instant: -afterAll, process: 0, seq: 0 };
const keptTotals = 16;

interface Listed {
  /** Names the table `t`, with $1 and $2 for the range. */
  readonly from: string;
  /** Rows come, are evicted, which is counted with it, and get an end once: a text that is the same for the same rows. */
  readonly state: string;
  /** What is sent of rows called `t`. */
  shown(chosen: string): string;
}

const evicted = (kind: "events" | "spans"): string => `(SELECT coalesce(sum(${kind}), 0)::BIGINT FROM eviction)`;
const spanState = `(SELECT count(*) || ' ' || count(end_seq) FROM span) || ' ' || ${evicted("spans")}`;
const events: Listed = {
  from: `event AS t WHERE t.instant BETWEEN $1 AND $2`,
  state: `(SELECT count(*) FROM event) || ' ' || ${evicted("events")}`,
  shown: eventsOf,
};
const spans: Listed = { from: `span AS t WHERE ${overlapping}`, state: spanState, shown: spansOf };
/** A process that connects again has not ended after all. */
const openSpans: Listed = {
  from: `span AS t JOIN process AS p ON p.process = t.process WHERE ${isOpen("$2")} AND $1 <= $2`,
  state: `${spanState} || (SELECT coalesce(string_agg(concat(' ', process, ' ', ended), '' ORDER BY process), '') FROM process)`,
  shown: spansOf,
};

interface Total {
  readonly generation: number;
  readonly state: string;
  readonly rows: number;
}

interface Found {
  readonly total: number;
  readonly rows: Rows;
  readonly next: Cursor | undefined;
}

export class Pages {
  readonly #totals = new Map<string, Total>();

  /** Another number, perhaps other rows. */
  constructor(readonly generation: () => number) {}

  async events(query: Query, start: bigint, args: PageArgs): Promise<CallResult<"events.page">> {
    const found = await this.#page(query, "events", events, args);
    const page: EventColumns = eventColumns(found.rows, start, found.next !== undefined);
    return { total: found.total, page, next: found.next };
  }

  async spans(
    query: Query,
    start: bigint,
    { openOnly, ...args }: Omit<CallArgs<"spans.page">, "recordingId">,
  ): Promise<CallResult<"spans.page">> {
    const found = await (openOnly === true
      ? this.#page(query, "open spans", openSpans, args)
      : this.#page(query, "spans", spans, args));
    const page: SpanColumns = spanColumns(found.rows, start, found.next !== undefined);
    return { total: found.total, page, next: found.next };
  }

  async #page(query: Query, name: string, listed: Listed, args: PageArgs): Promise<Found> {
    const key = `${name} ${args.from} ${args.to}`;
    const generation = this.generation();
    const known = this.#totals.get(key);
    if (known?.generation === generation) {
      const page = await ask(query, listed, args, `-1`);
      if (page.state === known.state) return { ...page, total: known.rows };
    }
    // All of one moment, whatever is committed meanwhile.
    const page = await ask(query, listed, args, `(SELECT count(*) FROM ${listed.from})`);
    this.#keep(key, { generation, state: page.state, rows: page.total });
    return page;
  }

  #keep(key: string, total: Total): void {
    this.#totals.delete(key);
    this.#totals.set(key, total);
    const [oldest] = this.#totals.keys();
    if (this.#totals.size > keptTotals && oldest !== undefined) this.#totals.delete(oldest);
  }
}

async function ask(
  query: Query,
  listed: Listed,
  args: PageArgs,
  total: string,
): Promise<Found & { readonly state: string }> {
  const { from, state, shown } = listed;
  const after = await behindSkipped(query, listed, args);
  const limit = Math.min(args.limit, mostRows);
  const until = await lastInstant(query, listed, args, after, limit);
  const chosen = `SELECT t.* FROM ${from} AND ${isBehind} AND t.instant <= $7 ORDER BY ${order} LIMIT $6`;
  const asked = await query(
    `SELECT * FROM (SELECT ${state} AS state, ${total} AS total) AS about LEFT JOIN (${shown(chosen)}) AS t ON true ORDER BY ${order}`,
    [args.from, args.to, ...keyOf(after), limit, until ?? afterAll],
  );
  const isAny = asked.optionalNumbers("seq")[0] !== undefined;
  const rows = isAny ? asked : asked.none();
  const last = cursorsOf(rows).at(-1);
  // What was evicted meanwhile may leave a short page behind which there is more, or none of it.
  const isMoreBehind = rows.length < limit && until !== undefined;
  const next = isMoreBehind ? (last ?? { ...after, instant: until }) : rows.length < limit ? undefined : last;
  return { state: asked.texts("state")[0] ?? "", total: asked.numbers("total")[0] ?? 0, rows, next };
}

const keyOf = ({ instant, process, seq }: Cursor): readonly [bigint, number, bigint] => [instant, process, BigInt(seq)];

function cursorsOf(rows: Rows): readonly Cursor[] {
  const [processes, seqs] = [rows.numbers("process"), rows.numbers("seq")];
  return rows
    .bigints("instant")
    .map((instant, row) => ({ instant, process: processes[row] ?? 0, seq: seqs[row] ?? 0 }));
}

/** The row before the page. */
async function behindSkipped(query: Query, { from }: Listed, args: PageArgs): Promise<Cursor> {
  const after = args.after ?? fromTheStart;
  if (args.skip === undefined || args.skip === 0) return after;
  const rows = await query(
    `SELECT t.instant, t.process, t.seq FROM ${from} AND ${isBehind} ORDER BY ${order} LIMIT 1 OFFSET $6`,
    [args.from, args.to, ...keyOf(after), args.skip - 1],
  );
  return cursorsOf(rows)[0] ?? { ...after, instant: afterAll };
}

/**
 * Of a full page, when its last row was: asked of narrow columns, as DuckDB reads all columns of all rows that it sorts.
 * Undefined where fewer rows are left.
 */
async function lastInstant(
  query: Query,
  { from }: Listed,
  args: PageArgs,
  after: Cursor,
  limit: number,
): Promise<bigint | undefined> {
  if (limit === 0) return undefined;
  const nearest = `SELECT t.instant FROM ${from} AND ${isBehind} ORDER BY ${order} LIMIT $6`;
  const rows = await query(`SELECT count(*) AS rows, max(instant) AS last FROM (${nearest})`, [
    args.from,
    args.to,
    ...keyOf(after),
    limit,
  ]);
  return (rows.numbers("rows")[0] ?? 0) < limit ? undefined : rows.optionalBigints("last")[0];
}
