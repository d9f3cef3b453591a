// A list by row number. Rows are counted in the order (instant, process, seq) among those that match a filter; as that
// order is not the file's, an index keeps how many rows there are before some instants, so that a page reads a stretch of the file
// and not all of it. While recording, only what came since is looked at again, unless rows were evicted. Of a text, who knows
// better may say which rows to look at.
import { later } from "../../shared/base/earlier.js";
import { type Asker, nobody } from "../../shared/base/asker.js";
import { firstWhere } from "../../shared/base/first-where.js";
import type { RowFilter } from "../../shared/protocol/row-filters.js";
import type { EvictedKind } from "./flight-tables.js";
import { type Query, queryFor } from "./readers.js";
import { type Bucket, type CountBy, countedBuckets, mostRowsOfBucket } from "./row-buckets.js";
import { type FilteredTexts, conditionsOf } from "./row-conditions.js";
import type { Rows } from "./rows.js";
import { SharedWork } from "./shared-work.js";

export interface RowSource {
  /** Tables that its rows are in, and what evictions count them as. */
  readonly tables: readonly { readonly name: string; readonly evicted: EvictedKind }[];
  /** A table, or a relation in brackets: process, instant, and a seq by which no two rows of both are alike. */
  readonly from: string;
  readonly texts: FilteredTexts;
  /** Rows among which are all that have a text. */
  narrowed(query: Query, text: string | undefined): Promise<NarrowedRows>;
  /** How many of all rows there are by time, in order, from what is counted already; rows that come meanwhile may be among them. */
  counted?(query: Query, between: Between): Promise<readonly Bucket[]>;
}

/** Instants, `high` included. */
export interface Between {
  readonly low: bigint;
  readonly high: bigint;
}

export interface NarrowedRows {
  /** Takes the place of `from`. */
  readonly from: string;
  /** Ask after reading: rows may have been evicted meanwhile, or have come where nothing was. */
  areTheSame(): Promise<boolean>;
}

/** Rows between two kept positions, at most about: of those that match, and of all that have to be looked at. */
const [stride, lookedAt] = [1024, 8192];
/** Filters whose indices are kept; typing a word leaves one per letter. */
const keptFilters = 8;

/** The first row at or after an instant. */
interface Position {
  readonly instant: bigint;
  readonly row: number;
}

/** Of one table. */
interface Seen {
  /** Number of the row behind the last that was looked at. */
  readonly seen: number;
  /** Rows that there were, matching or not, and that had been evicted before. */
  readonly rows: number;
  readonly evicted: number;
  /** Of all of them, the latest instant; of none, zero. */
  readonly latest: bigint;
}

interface Index {
  /** In order, and the first of all rows among them. */
  readonly positions: readonly Position[];
  readonly total: number;
  readonly tables: readonly Seen[];
}

interface KeptIndex {
  readonly generation: number;
  /** Of a generation before. */
  readonly before: Promise<Index>;
  readonly work: SharedWork<Index>;
}

const empty: Index = { positions: [], total: 0, tables: [] };
const unseen: Seen = { seen: 0, rows: 0, evicted: 0, latest: 0n };
/** Then all rows are looked at. */
const mostAttempts = 4;
const order = `instant, process, seq`;

export class RowList {
  readonly #indices = new Map<string, KeptIndex>();
  #none: Rows | undefined;

  constructor(
    readonly query: Query,
    /** Same number, same rows. */
    readonly generation: () => number,
    readonly source: RowSource,
  ) {}

  /** `shown`: what is told of chosen rows, in whatever order. */
  async page(
    filter: RowFilter,
    wanted: { readonly first: number; readonly limit: number },
    shown: (chosen: string) => string,
    asker: Asker = nobody,
  ): Promise<{ readonly first: number; readonly total: number; readonly rows: Rows }> {
    const query = queryFor(this.query, asker);
    const index = await this.#index(filter, asker);
    const first = Math.max(0, Math.min(Math.trunc(wanted.first), index.total));
    const count = Math.max(0, Math.min(wanted.limit, index.total - first));
    const { positions } = index;
    const low = positions[firstWhere(positions.length, (at) => (positions[at]?.row ?? 0) > first) - 1];
    const high = positions[firstWhere(positions.length, (at) => (positions[at]?.row ?? 0) >= first + count)];
    const matching = conditionsOf(filter, this.source.texts);
    const before = high === undefined ? "" : `AND instant < ${high.instant}`;
    if (count === 0) return { first, total: index.total, rows: await this.#noRows(shown) };
    const rows = await this.#reading(query, filter, ({ from }) =>
      query(
        shown(`SELECT * FROM ${from} AS t WHERE instant >= ${low?.instant ?? 0n} ${before} AND ${matching.sql(2)}
          ORDER BY ${order} LIMIT $1 OFFSET $2`),
        [count, first - (low?.row ?? 0), ...matching.values],
      ),
    );
    return { first, total: index.total, rows };
  }

  /** Who asks only how many there are asks for none of them, again and again. */
  async #noRows(shown: (chosen: string) => string): Promise<Rows> {
    this.#none ??= await this.query(shown(`SELECT * FROM ${this.source.from} AS t WHERE false`));
    return this.#none;
  }

  /** Row number of the last row at or before an instant, -1 when all are later. */
  async rowAt(filter: RowFilter, instant: bigint, asker: Asker = nobody): Promise<number> {
    const { positions } = await this.#index(filter, asker);
    const low = positions[firstWhere(positions.length, (at) => (positions[at]?.instant ?? 0n) > instant) - 1];
    if (low === undefined) return -1;
    const matching = conditionsOf(filter, this.source.texts);
    const query = queryFor(this.query, asker);
    const rows = await this.#reading(query, filter, ({ from }) =>
      query(
        `SELECT count(*) AS rows FROM ${from} AS t WHERE instant BETWEEN ${low.instant} AND $1 AND ${matching.sql(1)}`,
        [instant, ...matching.values],
      ),
    );
    return low.row + (rows.numbers("rows")[0] ?? 0) - 1;
  }

  #index(filter: RowFilter, asker: Asker): Promise<Index> {
    const { text = "", minSeverity = 0, pattern = "", where = [] } = filter;
    const key = JSON.stringify([text, minSeverity, pattern, where]);
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

  /** Reads rows among which all are that match. */
  async #reading<Answer>(
    query: Query,
    { text }: RowFilter,
    read: (rows: NarrowedRows) => Promise<Answer>,
    attempts = mostAttempts,
  ): Promise<Answer> {
    const rows = await this.source.narrowed(query, attempts > 0 ? text : undefined);
    const answer = await read(rows);
    return (await rows.areTheSame()) ? answer : this.#reading(query, { text }, read, attempts - 1);
  }

  /** Counts anew from the block that the earliest of the new rows falls into; from the first when rows were evicted. */
  async #extend(query: Query, filter: RowFilter, before: Index): Promise<Index> {
    const tables: Seen[] = [];
    let earliest: bigint | undefined;
    for (const [at, { name, evicted: kind }] of this.source.tables.entries()) {
      const known = before.tables[at] ?? unseen;
      // Each for itself: of all rows DuckDB knows most of it without looking.
      const newRows = known.seen === 0 ? name : `(SELECT rowid, instant FROM ${name} WHERE rowid >= ${known.seen})`;
      const of = (what: string): string => `(SELECT ${what} FROM ${newRows})`;
      const news = await query(
        `SELECT ${of("count(*)")} AS news, ${of("min(instant)")} AS earliest, ${of("max(instant)")} AS latest,
           ${of("max(rowid) + 1")} AS seen, (SELECT count(*) FROM ${name}) AS rows,
           (SELECT coalesce(sum(${kind}), 0)::BIGINT FROM eviction) AS evicted`,
      );
      const only = (column: string): number => news.numbers(column)[0] ?? 0;
      const [rows, evicted] = [only("rows"), only("evicted")];
      // When the log is folded into the file rows get other numbers, where some before them are gone.
      const isMore = evicted === known.evicted && rows === known.rows + only("news");
      if (!isMore && known.seen > 0) return this.#extend(query, filter, empty);
      const first = news.optionalBigints("earliest")[0];
      const latest = later(known.latest, news.optionalBigints("latest")[0] ?? 0n);
      tables.push({ seen: first === undefined ? known.seen : only("seen"), rows, evicted, latest });
      if (first !== undefined && (earliest === undefined || first < earliest)) earliest = first;
    }
    return earliest === undefined
      ? { ...before, tables }
      : this.#counted(query, filter, { ...before, tables }, earliest);
  }

  async #counted(query: Query, filter: RowFilter, index: Index, earliest: bigint): Promise<Index> {
    const kept = index.positions.filter(({ instant }) => instant <= earliest);
    const base = kept.pop();
    const low = base?.instant ?? earliest;
    const high = index.tables.reduce((so, { latest }) => later(so, latest), low);
    const matching = conditionsOf(filter, this.source.texts);
    const rows = index.tables.reduce((so, table) => so + table.rows, 0) - (base?.row ?? 0);
    const buckets =
      (base === undefined && matching.areNone ? await this.#known(query, { low, high }, rows) : undefined) ??
      (await this.#reading(query, filter, ({ from }) => {
        const count: CountBy = (bucket, condition) =>
          query(
            `SELECT ${bucket} AS bucket, count(*) AS rows FROM ${from} AS t WHERE ${condition} AND ${matching.sql(0)}
              GROUP BY bucket`,
            matching.values,
          );
        return countedBuckets(count, { low, high, rows });
      }));
    const longNs = ((high - low) * BigInt(lookedAt)) / BigInt(Math.max(1, rows));
    let total = base?.row ?? 0;
    for (const { first, rows: more } of buckets) {
      const last = kept.at(-1);
      if (last === undefined || total - last.row >= stride || first - last.instant >= longNs)
        kept.push({ instant: first, row: total });
      total += more;
    }
    return { ...index, positions: kept, total };
  }

  /** Undefined where that is not known of exactly these rows, or of too many at once. */
  async #known(query: Query, between: Between, rows: number): Promise<readonly Bucket[] | undefined> {
    const known = (await this.source.counted?.(query, between)) ?? [];
    const total = known.reduce((so, one) => so + one.rows, 0);
    return total === rows && known.every((one) => one.rows <= mostRowsOfBucket) ? known : undefined;
  }
}
