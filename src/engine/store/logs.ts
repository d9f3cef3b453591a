// The log by row number. Rows are counted in the order (instant, process, seq) among those that match a filter; as that
// order is not the file's, an index keeps every 1024th position, so that a page reads a stretch of the file and not
// all of it. While recording, only what came since is looked at again, unless rows were evicted. Of a text, the search index
// says which rows to look at.
import { type Asker, nobody } from "../../shared/base/asker.js";
import { firstWhere } from "../../shared/base/first-where.js";
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import { attributeTexts } from "./attribute-texts.js";
import { processColumn, relative, small } from "./columns.js";
import { type LogLines, LogLinesByText, lineSettings } from "./log-lines.js";
import { type Query, queryFor } from "./readers.js";
import type { Rows } from "./rows.js";
import type { SearchBlocks } from "./search-blocks.js";
import { sources } from "./search-sources.js";
import { SharedWork } from "./shared-work.js";

type LogColumns = CallResult<"logs.page">;
export type LogFilter = Pick<CallArgs<"logs.page">, "text" | "minSeverity">;

/** Rows between two kept positions. */
const stride = 1024;
/** Filters whose indices are kept; typing a word leaves one per letter. */
const keptFilters = 8;

interface Position {
  readonly instant: bigint;
  readonly process: number;
  readonly seq: number;
}

interface Index {
  /** Positions of rows 0, 1024, 2048 … of the filtered log. */
  readonly positions: readonly Position[];
  readonly total: number;
  /** Number of the row behind the last that was looked at. */
  readonly seen: number;
  /** Rows that there were, matching or not, and that had been evicted before. */
  readonly rows: number;
  readonly evicted: number;
}

interface KeptIndex {
  readonly generation: number;
  /** Of a generation before. */
  readonly before: Promise<Index>;
  readonly work: SharedWork<Index>;
}

const empty: Index = { positions: [], total: 0, seen: 0, rows: 0, evicted: 0 };
/** Then all rows are looked at. */
const mostAttempts = 4;
const order = `instant, process, seq`;

/** At or after the position given by `$n` and the two parameters behind it. Spelled out: DuckDB 1.5 refuses two row comparisons. */
const isNotBefore = (n: number): string =>
  `(instant > $${n} OR (instant = $${n} AND (process > $${n + 1} OR (process = $${n + 1} AND seq >= $${n + 2}))))`;

export class Logs {
  readonly #indices = new Map<string, KeptIndex>();
  readonly #lines: LogLinesByText;

  constructor(
    readonly query: Query,
    /** Same number, same rows. */
    readonly generation: () => number,
    blocks: SearchBlocks,
    settings = lineSettings,
  ) {
    this.#lines = new LogLinesByText(blocks, settings);
  }

  async page(
    start: bigint,
    filter: LogFilter,
    first: number,
    limit: number,
    asker: Asker = nobody,
  ): Promise<LogColumns> {
    const query = queryFor(this.query, asker);
    const index = await this.#index(filter, asker);
    const from = Math.max(0, Math.min(Math.trunc(first), index.total));
    const count = Math.min(limit, index.total - from);
    const block = Math.floor(from / stride);
    const [low, high] = [index.positions[block], index.positions[Math.ceil((from + count) / stride)]];
    const skip = count <= 0 ? 0 : from - block * stride;
    const page = await this.#reading(query, filter, (lines) =>
      rowsOf(query, lines, start, filter, low, high, skip, Math.max(0, count)),
    );
    return { ...page, first: from, total: index.total };
  }

  /** Row number of the last line at or before an instant, -1 when all are later. */
  async rowAt(filter: LogFilter, instant: bigint, asker: Asker = nobody): Promise<number> {
    const { positions } = await this.#index(filter, asker);
    const at = firstWhere(positions.length, (one) => (positions[one]?.instant ?? 0n) > instant) - 1;
    const block = positions[at];
    if (block === undefined) return -1;
    const matching = conditions(filter);
    const query = queryFor(this.query, asker);
    const rows = await this.#reading(query, filter, ({ from }) =>
      query(
        `SELECT count(*) AS rows FROM ${from} AS t
          WHERE instant >= $1 AND ${isNotBefore(1)} AND instant <= $4 AND ${matching.sql(4)}`,
        [block.instant, block.process, BigInt(block.seq), instant, ...matching.values],
      ),
    );
    return at * stride + (rows.numbers("rows")[0] ?? 0) - 1;
  }

  #index(filter: LogFilter, asker: Asker): Promise<Index> {
    const key = JSON.stringify([filter.text ?? "", filter.minSeverity ?? 0]);
    const generation = this.generation();
    const known = this.#indices.get(key);
    if (known?.generation === generation && known.work.canBeJoined) return known.work.wait(asker);
    // What was given up, or failed, is begun anew from the one before it.
    const before = known?.work.outcome.catch(() => known.before) ?? Promise.resolve(empty);
    const work = new SharedWork(async (all) => this.#extend(queryFor(this.query, all), filter, await before));
    this.#indices.delete(key);
    this.#indices.set(key, { generation, before, work });
    const oldest = this.#indices.keys().next().value;
    if (this.#indices.size > keptFilters && oldest !== undefined) this.#indices.delete(oldest);
    return work.wait(asker);
  }

  /** Reads lines among which all are that match. */
  async #reading<Answer>(
    query: Query,
    { text }: LogFilter,
    read: (lines: LogLines) => Promise<Answer>,
    attempts = mostAttempts,
  ): Promise<Answer> {
    const lines = await this.#lines.with(query, attempts > 0 ? text : undefined);
    const answer = await read(lines);
    return (await lines.areTheSame()) ? answer : this.#reading(query, { text }, read, attempts - 1);
  }

  /** Counts anew from the block that the earliest of the new rows falls into; from the first when rows were evicted. */
  async #extend(query: Query, filter: LogFilter, before: Index): Promise<Index> {
    const news = await query(
      `SELECT count(*) AS news, min(instant) AS earliest, max(rowid) + 1 AS seen, (SELECT count(*) FROM log) AS rows,
         (SELECT coalesce(sum(logs), 0)::BIGINT FROM eviction) AS evicted FROM log WHERE rowid >= $1`,
      [BigInt(before.seen)],
    );
    const only = (name: string): number => news.numbers(name)[0] ?? 0;
    const [rows, evicted] = [only("rows"), only("evicted")];
    // When the log is folded into the file rows get other numbers, where some before them are gone.
    const isMore = evicted === before.evicted && rows === before.rows + only("news");
    if (!isMore && before.seen > 0) return this.#extend(query, filter, empty);
    const earliest = news.optionalBigints("earliest")[0];
    if (earliest === undefined) return { ...before, rows, evicted };
    const index = { ...before, seen: only("seen"), rows, evicted };
    const kept = index.positions.filter(({ instant }) => instant < earliest);
    const base = kept.pop();
    const matching = conditions(filter);
    const since = base === undefined ? "true" : `instant >= $1 AND ${isNotBefore(1)}`;
    const values = base === undefined ? [] : [base.instant, base.process, BigInt(base.seq)];
    const matched = await this.#reading(query, filter, ({ from }) =>
      query(
        `WITH matching AS (SELECT ${order} FROM ${from} AS t WHERE ${since} AND ${matching.sql(values.length)}),
           numbered AS (SELECT ${order}, row_number() OVER (ORDER BY ${order}) - 1 AS row FROM matching)
         SELECT ${order}, row, (SELECT count(*) FROM matching) AS total FROM numbered WHERE row % ${stride} = 0 ORDER BY row`,
        [...values, ...matching.values],
      ),
    );
    const [instants, processes] = [matched.bigints("instant"), matched.numbers("process")];
    const seqs = matched.numbers("seq");
    const found = instants.map((instant, row) => ({ instant, process: processes[row] ?? 0, seq: seqs[row] ?? 0 }));
    const total = kept.length * stride + (matched.numbers("total")[0] ?? 0);
    return { ...index, positions: [...kept, ...found], total };
  }
}

async function rowsOf(
  query: Query,
  lines: LogLines,
  start: bigint,
  filter: LogFilter,
  low: Position | undefined,
  high: Position | undefined,
  skip: number,
  count: number,
): Promise<Omit<LogColumns, "first" | "total">> {
  const matching = conditions(filter);
  const [from, to] = [low ?? { instant: 0n, process: 0, seq: 0 }, high];
  const before = to === undefined ? "true" : `instant <= $6 AND NOT ${isNotBefore(6)}`;
  const limits = to === undefined ? [] : [to.instant, to.process, BigInt(to.seq)];
  const given = [from.instant, from.process, BigInt(from.seq), skip, count, ...limits];
  const rows = await query(
    `WITH chosen AS (
         SELECT * FROM ${lines.from} AS t WHERE instant >= $1 AND ${isNotBefore(1)} AND ${before} AND ${matching.sql(given.length)}
         ORDER BY ${order} LIMIT $5 OFFSET $4)
       SELECT t.process, t.seq, t.instant, t.severity, t.body, t.attributes, n.text AS source,
         lower(hex(s.span_id)) AS span_id, lower(hex(s.trace_id)) AS trace_id FROM chosen AS t
         LEFT JOIN name AS n ON n.id = t.source LEFT JOIN span AS s ON s.process = t.process AND s.span = t.span
       ORDER BY t.instant, t.process, t.seq`,
    [...given, ...matching.values],
  );
  return logColumns(rows, start);
}

export function logColumns(rows: Rows, start: bigint): Omit<LogColumns, "first" | "total"> {
  return {
    process: processColumn(rows.numbers("process")),
    seq: Float64Array.from(rows.numbers("seq")),
    timeNs: relative(rows.bigints("instant"), start),
    severity: small(rows.numbers("severity")),
    bodies: rows.texts("body"),
    attributes: attributeTexts(rows),
    sources: rows.textsOrEmpty("source"),
    spanIds: rows.textsOrEmpty("span_id"),
    traceIds: rows.textsOrEmpty("trace_id"),
  };
}

/** Text is looked for in the line and in its attributes, whose escapes stand for their characters, without regard to case. */
function conditions(filter: LogFilter): { sql(given: number): string; readonly values: (string | number)[] } {
  const values: (string | number)[] = [];
  const parts: ((at: number) => string)[] = [];
  if (filter.text !== undefined && filter.text !== "") {
    const at = values.push(filter.text);
    parts.push((given) => `(${sources.log.fields.map(({ has }) => has("t", `$${given + at}`)).join(" OR ")})`);
  }
  if (filter.minSeverity !== undefined && filter.minSeverity > 0) {
    const at = values.push(filter.minSeverity);
    parts.push((given) => `severity >= $${given + at}`);
  }
  return { sql: (given) => ["true", ...parts.map((part) => part(given))].join(" AND "), values };
}
