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
const fromTheStart: Cursor = { instant: -(2n ** 62n), process: 0, seq: 0 };
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
  { from, state, shown }: Listed,
  args: PageArgs,
  total: string,
): Promise<Found & { readonly state: string }> {
  const after = args.after ?? fromTheStart;
  const limit = Math.min(args.limit, mostRows);
  const chosen = `SELECT t.* FROM ${from} AND ${isBehind} ORDER BY ${order} LIMIT $6 OFFSET $7`;
  const asked = await query(
    `SELECT * FROM (SELECT ${state} AS state, ${total} AS total) AS about LEFT JOIN (${shown(chosen)}) AS t ON true ORDER BY ${order}`,
    [args.from, args.to, after.instant, after.process, BigInt(after.seq), limit, args.skip ?? 0],
  );
  const isAny = asked.optionalNumbers("seq")[0] !== undefined;
  const rows = isAny ? asked : asked.none();
  const [instant, process, seq] = [
    rows.bigints("instant").at(-1),
    rows.numbers("process").at(-1),
    rows.numbers("seq").at(-1),
  ];
  const isLast = rows.length < limit || instant === undefined || process === undefined || seq === undefined;
  return {
    state: asked.texts("state")[0] ?? "",
    total: asked.numbers("total")[0] ?? 0,
    rows,
    next: isLast ? undefined : { instant, process, seq },
  };
}
