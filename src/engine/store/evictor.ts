// Removes what a recording need not keep any more, a little between one commit and the next. Everything it does is whole by
// itself: whoever kills the engine in between finds a file that says exactly what is missing from it.
// Records go by their instants, state by whole segments: what is left of it begins with all that objects held then.
import type { DuckDBConnection } from "@duckdb/node-api";
import { evictedDenseBuckets, hasDenseBuckets } from "./dense-buckets.js";
import { type Evicted, readEvicted } from "./evicted.js";
import { type EvictedKind, evictedKinds } from "./flight-tables.js";
import type { SegmentHead } from "../replay/segments/segment-heads.js";
import { evictedLongSpans } from "./long-spans.js";
import { type Query, queryOn } from "./readers.js";
import { rollups, tableOf } from "./rollups.js";
import { markKinds } from "./schema.js";
import { removeEmptyBlocks } from "./search-eviction.js";
import type { SearchIndex } from "./search-index.js";
import { SegmentBase, type Leftovers } from "./segment-base.js";
import type { SegmentRows } from "./segment-rows.js";
import { mostSegmentBytes } from "./unpacking.js";
import { runsToEvict } from "./segment-runs.js";
import type { Stretch } from "./zoom-levels.js";

/** Records of a kind that go at once, nearly. */
const rowsAtOnce = 20_000;
const piecesAtOnce = 8000;

interface Removed {
  readonly table: string;
  readonly kind: EvictedKind;
  /** Which of its rows lie in a stretch from $1 to $2. */
  readonly condition: string;
  /** About when a row may go. */
  readonly instant: string;
}

const atInstant = `instant >= $1 AND instant < $2`;
const [gap, error] = [markKinds.indexOf("gap"), markKinds.indexOf("error")];
const removed: readonly Removed[] = [
  { table: "event", kind: "events", condition: atInstant, instant: "instant" },
  { table: "log", kind: "logs", condition: atInstant, instant: "instant" },
  { table: "metric", kind: "metrics", condition: atInstant, instant: "instant" },
  // One that is open stays, and one that somebody who looks at what is kept would still see.
  { table: "span", kind: "spans", condition: `instant >= $1 AND end_instant < $2`, instant: "end_instant" },
  // What was lost of state stays known: it is in doubt until it was recorded anew.
  {
    table: "mark",
    kind: "marks",
    condition: `${atInstant} AND kind IN (${gap}, ${error}) AND coalesce(lost_writes, 0) = 0
      AND reason IS DISTINCT FROM 'not-sent' AND reason IS DISTINCT FROM 'connection-lost'
      AND reason IS DISTINCT FROM 'engine-away'`,
    instant: "instant",
  },
];

/** Those that go together: a transaction costs more than a statement. */
const derived: readonly (readonly string[])[] = [
  [
    `DELETE FROM message WHERE least(sent_instant, received_instant) >= $1 AND greatest(sent_instant, received_instant) < $2`,
    `DELETE FROM message_end WHERE ${atInstant}`,
  ],
  evictedLongSpans,
  ...rollups.map((rollup) =>
    rollup.levels.map(
      (level) => `DELETE FROM ${tableOf(rollup, level)} WHERE start >= $1 AND start <= $2 - ${level.widthNs}`,
    ),
  ),
];

/** Pieces are numbered once: one that was made again begins with another. */
const isStill = (now: SegmentHead | undefined, before: SegmentHead): boolean =>
  now?.place.firstPiece === before.place.firstPiece;

/** `changed`: who asks has to hear of it before anything further is removed. */
export type Step = "changed" | undefined;

export class Evictor {
  readonly #connection: DuckDBConnection;
  readonly #query: Query;
  readonly #segments: SegmentRows;
  readonly #search: SearchIndex;
  /** Of each process whose state was too large for a base: how many segments there were to stand for. */
  readonly #tooLarge = new Map<number, number>();

  constructor(connection: DuckDBConnection, segments: SegmentRows, search: SearchIndex) {
    this.#connection = connection;
    this.#query = queryOn(connection);
    this.#segments = segments;
    this.#search = search;
  }

  /** Processes of whose state nothing is evicted, as what would stand in its place is too large. */
  get tooLarge(): readonly number[] {
    return [...this.#tooLarge.keys()];
  }

  /** What an engine that was killed had not removed yet. */
  async *finishWhatWasBegun(): AsyncGenerator<Step> {
    const holes = await this.#query(`SELECT process, first_seq, last_seq FROM state_hole`);
    const [first, last] = [holes.numbers("first_seq"), holes.numbers("last_seq")];
    for (const [row, process] of holes.numbers("process").entries())
      yield* this.#removeWrites(process, first[row] ?? 0, last[row] ?? 0);
    await this.#connection.run(
      `DELETE FROM segment_piece WHERE id NOT IN (SELECT unnest(range(first_piece,
         first_piece + (block_bytes::BIGINT + index_bytes + parts_bytes + 999) // 1000)) FROM segment)`,
    );
    yield;
  }

  /** Everything within the stretches, each of which ends before the next begins. */
  async *evict(stretches: readonly Stretch[], mostBaseBytes = mostSegmentBytes): AsyncGenerator<Step> {
    for (const stretch of stretches) await this.#begin(stretch);
    yield;
    const processes = await this.#query(`SELECT process FROM process ORDER BY process`);
    for (const process of processes.numbers("process")) yield* this.#evictState(process, stretches, mostBaseBytes);
    for (const stretch of stretches) {
      for (const what of removed) yield* this.#remove(what, stretch);
      yield* this.#removeDerived(stretch);
    }
  }

  /** Said before it is done: what a stretch still has when somebody asks is there by chance. */
  async #begin({ since, until }: Stretch): Promise<void> {
    const whole = this.#transaction(async () => {
      const sums = evictedKinds.map((kind) => `coalesce(sum(e.${kind}), 0)::BIGINT`).join(", ");
      await this.#connection.run(
        `CREATE OR REPLACE TEMP TABLE eviction_begun AS
           SELECT p.process, greatest(p.start, $1) AS since, $2 AS until, ${sums} FROM process AS p
           LEFT JOIN eviction AS e ON e.process = p.process AND e.since >= $1 AND e.until <= $2
           WHERE p.start < $2 GROUP BY p.process, p.start`,
        [since, until],
      );
      await this.#connection.run(`DELETE FROM eviction WHERE since >= $1 AND until <= $2`, [since, until]);
      const begun = await this.#query(`SELECT count(*) AS processes FROM eviction_begun`);
      if ((begun.numbers("processes")[0] ?? 0) > 0) await this.#search.rowsWillGo(this.#connection);
      await this.#connection.run(`INSERT INTO eviction SELECT * FROM eviction_begun`);
      if (since < 0n) await this.#connection.run(`UPDATE recording SET start = greatest(start, $1)`, [until]);
    });
    await whole.catch((error: unknown) => {
      this.#search.forget();
      throw error;
    });
  }

  async *#remove({ table, kind, condition, instant }: Removed, { since, until }: Stretch): AsyncGenerator<Step> {
    for (;;) {
      // Rows come nearly in the order of time: the first of them say how far to go at once.
      const next = await this.#query(
        `SELECT max(moment) AS last, count(*) AS rows FROM
           (SELECT ${instant} AS moment FROM ${table} WHERE ${condition} LIMIT ${rowsAtOnce})`,
        [since, until],
      );
      const [last, rows] = [next.optionalBigints("last")[0], next.numbers("rows")[0] ?? 0];
      if (last === undefined || rows === 0) return;
      const end = last + 1n < until ? last + 1n : until;
      await this.#transaction(async () => {
        const counted = await this.#query(
          `SELECT process, count(*) AS rows FROM ${table} WHERE ${condition} GROUP BY process`,
          [since, end],
        );
        await this.#connection.run(`DELETE FROM ${table} WHERE ${condition}`, [since, end]);
        const counts = counted.numbers("rows");
        for (const [row, process] of counted.numbers("process").entries())
          await this.#count(process, kind, counts[row] ?? 0, until);
      });
      yield;
    }
  }

  async #count(process: number, kind: EvictedKind, rows: number, until: bigint): Promise<void> {
    await this.#connection.run(`UPDATE eviction SET ${kind} = ${kind} + $1 WHERE process = $2 AND until = $3`, [
      BigInt(rows),
      process,
      until,
    ]);
  }

  async *#removeDerived({ since, until }: Stretch): AsyncGenerator<Step> {
    const dense = (await hasDenseBuckets(this.#query)) ? [evictedDenseBuckets] : [];
    for (const statements of [...derived, ...dense]) {
      await this.#transaction(async () => {
        for (const sql of statements) await this.#connection.run(sql, [since, until]);
      });
      yield;
    }
    yield* removeEmptyBlocks(this.#connection, until);
  }

  async *#evictState(process: number, stretches: readonly Stretch[], mostBaseBytes: number): AsyncGenerator<Step> {
    const segments = await this.#segments.of(process, this.#query);
    if (segments === undefined) return;
    for (const run of runsToEvict(segments.heads, stretches)) {
      // To find out costs as much as it takes: again only when much has changed.
      if (run.heads.length < 2 * (this.#tooLarge.get(process) ?? 0)) continue;
      const base = new SegmentBase(process, run, mostBaseBytes);
      yield* base.prepare(this.#connection, segments);
      if (base.isTooLarge) {
        this.#tooLarge.set(process, run.heads.length);
        continue;
      }
      this.#tooLarge.delete(process);
      // Its writes may have turned out to be out of order meanwhile.
      const now = await this.#segments.of(process, this.#query);
      if (now === undefined || !run.heads.every((head) => isStill(now.heads.get(head.number), head))) return;
      const writes = run.heads.reduce((total, head) => total + head.writes, 0);
      let left: Leftovers | undefined;
      await this.#transaction(async () => {
        left = await base.write(this.#connection, this.#segments);
        const until = stretches.find((stretch) => run.last < stretch.until)?.until ?? 0n;
        await this.#count(process, "writes", writes, until);
      });
      await segments.readHeads();
      yield "changed";
      if (left === undefined) return;
      for (const { first, count } of left.pieces)
        for (let at = first; at < first + count; at += piecesAtOnce) {
          const end = Math.min(at + piecesAtOnce, first + count);
          await this.#connection.run(`DELETE FROM segment_piece WHERE id >= ${at} AND id < ${end}`);
          yield;
        }
      yield* this.#removeWrites(process, left.firstSeq, left.lastSeq);
    }
  }

  /** What stands in their place is written: they are not needed for anything any more. */
  async *#removeWrites(process: number, firstSeq: number, lastSeq: number): AsyncGenerator<Step> {
    for (let since = firstSeq; since <= lastSeq;) {
      const next = await this.#query(
        `SELECT max(seq) AS seq FROM (SELECT seq FROM write WHERE process = $1 AND seq >= $2 AND seq <= $3
           ORDER BY seq LIMIT ${rowsAtOnce})`,
        [process, BigInt(since), BigInt(lastSeq)],
      );
      const last = next.optionalBigints("seq")[0];
      if (last === undefined) return;
      await this.#connection.run(`DELETE FROM write WHERE process = $1 AND seq >= $2 AND seq <= $3`, [
        process,
        BigInt(since),
        last,
      ]);
      since = Number(last) + 1;
      yield;
    }
  }

  /** Of everything that was evicted so far, by kind. */
  counts(): Promise<Evicted> {
    return readEvicted(this.#query);
  }

  async #transaction(work: () => Promise<void>): Promise<void> {
    await this.#connection.run("BEGIN");
    try {
      await work();
      await this.#connection.run("COMMIT");
    } catch (error) {
      await this.#connection.run("ROLLBACK").catch(() => undefined);
      throw error;
    }
  }
}
