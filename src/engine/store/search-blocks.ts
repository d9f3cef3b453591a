// What the index of a recording says: where rows of each kind lie, and where those may be that have some needles in them.
// It may come from anybody: what cannot be an index is damage, and what it leaves out is looked through.
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { type Place, bitsNeeded, isWithout, shardSizes, trigramByteCount } from "./search-grams.js";
import { type InstantRange, rangesFromBytes } from "./search-ranges.js";
import type { Stretch } from "./search-slices.js";
import { sources } from "./search-sources.js";
import { mostRowsPerBlock } from "./search-tables.js";
import { type SearchKind, searchKinds } from "../../shared/protocol/engine-calls.js";
import { UnreadableStored } from "./value-json.js";

/** Of each length. Further ones tell little more. */
const gramsPerNeedle = 2;
const needlesTested = 6;
const mostBlocks = 200_000;
const keptAnswers = 8;

interface Block {
  readonly kind: SearchKind;
  readonly rows: number;
  /** Absent for rows that are in no block yet. */
  readonly number: number | undefined;
  readonly stretches: readonly Stretch[];
}

export class SearchBlocks {
  #known: Promise<readonly Block[]> | undefined;
  #generation: number | undefined;
  readonly #without = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(
    readonly query: Query,
    /** Same number, same rows. */
    readonly generation: () => number,
  ) {}

  /** Of all rows. */
  async all(): Promise<readonly Block[]> {
    const generation = this.generation();
    if (this.#known === undefined || this.#generation !== generation) {
      const before = this.#known?.catch(() => undefined);
      this.#generation = generation;
      const known = (this.#known = this.#read(before));
      // Whoever asks next may have more luck.
      known.catch(() => {
        if (this.#known === known) this.#known = undefined;
      });
    }
    return this.#known;
  }

  /** Names of blocks that have no row with all of the needles. Pages of one search ask for the same again. */
  async without(needles: readonly string[]): Promise<ReadonlySet<string>> {
    const key = JSON.stringify([this.generation(), needles]);
    const known = this.#without.get(key);
    if (known !== undefined) return known;
    const asked = this.#ask(needles);
    this.#without.set(key, asked);
    asked.catch(() => this.#without.delete(key));
    const [oldest] = this.#without.keys();
    if (this.#without.size > keptAnswers && oldest !== undefined) this.#without.delete(oldest);
    return asked;
  }

  async #ask(needles: readonly string[]): Promise<ReadonlySet<string>> {
    const wanted = needles
      .map(bitsNeeded)
      .toSorted((a, b) => b.trigrams.length - a.trigrams.length)
      .slice(0, needlesTested);
    const places = wanted.flatMap(({ sixes, eights }) => [...spread(eights), ...spread(sixes)]);
    const trigrams = wanted.flatMap(({ sixes, trigrams: all }) => (sixes.length === 0 ? all : []));
    const [byGrams, byTrigrams] = await Promise.all([
      places.length === 0 ? [] : withoutGrams(this.query, places),
      trigrams.length === 0 ? [] : withoutTrigrams(this.query, trigrams),
    ]);
    return new Set([...byGrams, ...byTrigrams]);
  }

  /** Blocks are only ever added: those that were known are not read again. */
  async #read(before: Promise<readonly Block[] | undefined> | undefined): Promise<readonly Block[]> {
    const known = ((await before) ?? []).filter(({ number }) => number !== undefined);
    const next = searchKinds.map((kind) => lastOf(known, kind) + 1);
    const since = searchKinds.map((_, code) => `(kind = ${code} AND block >= ${next[code] ?? 0})`).join(" OR ");
    const tables = searchKinds.map(
      (kind, code) => `SELECT 'table', ${code}, NULL, count(*), NULL FROM ${sources[kind].table}`,
    );
    const rows = await this.query(
      `SELECT 'block' AS what, kind, block, rows, ranges FROM search_block
         WHERE (${since}) OR kind >= ${searchKinds.length}
       UNION ALL SELECT 'open', kind, NULL, rows, ranges FROM search_open
       UNION ALL ${tables.join(" UNION ALL ")} LIMIT ${mostBlocks + 1}`,
    );
    if (known.length + rows.length > mostBlocks) throw new UnreadableStored("blocks of the search index");
    const [what, counts, numbers] = [rows.texts("what"), rows.numbers("rows"), rows.optionalNumbers("block")];
    const ranges = rows.optionalBytes("ranges");
    const blocks: Block[] = [...known];
    const [totals, opened] = [new Map<SearchKind, number>(), new Set<SearchKind>()];
    rows.numbers("kind").forEach((code, row) => {
      const kind = searchKinds[code];
      if (kind === undefined) throw new UnreadableStored("kinds of the search index");
      const count = counts[row] ?? 0;
      if (what[row] === "table") totals.set(kind, count);
      else blocks.push(blockFrom(kind, numbers[row], count, ranges[row]));
      if (what[row] === "open") opened.add(kind);
    });
    for (const [kind, total] of totals) {
      if (!opened.has(kind)) blocks.push(...(await this.#withoutIndex(kind, total)));
      else if (rowsIn(blocks, kind) < total) throw new UnreadableStored("rows of the search index");
    }
    return blocks;
  }

  /** Time is cut into as many stretches as there would be blocks. */
  async #withoutIndex(kind: SearchKind, rows: number): Promise<Block[]> {
    if (rows === 0) return [];
    const found = await this.query(`SELECT min(instant) AS first, max(instant) AS last FROM ${sources[kind].table}`);
    const [first, last] = [found.optionalBigints("first")[0], found.optionalBigints("last")[0]];
    if (first === undefined || last === undefined) return [];
    const count = Math.ceil(rows / mostRowsPerBlock);
    const step = (last - first) / BigInt(count) + 1n;
    const stretches = Array.from({ length: count }, (_, at): Stretch => {
      const begin = first + step * BigInt(at);
      return { kind, first: begin, last: begin + step - 1n, rows: rows / count };
    });
    return [{ kind, rows, number: undefined, stretches }];
  }
}

async function withoutGrams(query: Query, places: readonly Place[]): Promise<readonly string[]> {
  const tests = places.map(({ shard, place }) => `(shard = ${shard} AND ${isWithout("bits", place)})`);
  const shards = [...new Set(places.map(({ shard }) => shard))].join(", ");
  const sizes = shardSizes.join(", ");
  const rows = await query(
    `SELECT kind, block, coalesce(octet_length(bits) NOT IN (${sizes}), true) AS odd FROM search_filter
       WHERE shard IN (${shards}) AND (CASE WHEN octet_length(bits) IN (${sizes}) THEN ${tests.join(" OR ")} ELSE true END)`,
  );
  return namesOf(rows, "bits of the search index");
}

async function withoutTrigrams(query: Query, trigrams: readonly number[]): Promise<readonly string[]> {
  const tests = trigrams.map((place) => isWithout("trigrams", place));
  const isRight = `octet_length(trigrams) = ${trigramByteCount}`;
  const rows = await query(
    `SELECT kind, block, NOT ${isRight} AS odd FROM search_block
       WHERE trigrams IS NOT NULL AND (CASE WHEN ${isRight} THEN ${tests.join(" OR ")} ELSE true END)`,
  );
  return namesOf(rows, "trigrams of the search index");
}

function namesOf(rows: Rows, what: string): readonly string[] {
  if (rows.booleans("odd").includes(true)) throw new UnreadableStored(what);
  const numbers = rows.numbers("block");
  return rows.numbers("kind").map((code, row) => nameOf({ kind: searchKinds[code], number: numbers[row] }));
}

/** What tells blocks apart. */
export const nameOf = ({
  kind,
  number,
}: {
  readonly kind: SearchKind | undefined;
  readonly number: number | undefined;
}) => `${kind} ${number}`;

/** The greatest of a kind, -1 when there is none. */
function lastOf(blocks: readonly Block[], kind: SearchKind): number {
  return blocks.reduce((last, block) => (block.kind === kind ? Math.max(last, block.number ?? -1) : last), -1);
}

const rowsIn = (blocks: readonly Block[], kind: SearchKind): number =>
  blocks.reduce((sum, block) => sum + (block.kind === kind ? block.rows : 0), 0);

function blockFrom(kind: SearchKind, number: number | undefined, rows: number, ranges: Uint8Array | undefined): Block {
  if (ranges === undefined || rows < 0 || rows > mostRowsPerBlock)
    throw new UnreadableStored("a block of the search index");
  return { kind, rows, number, stretches: stretchesOf(kind, rows, rangesFromBytes(ranges)) };
}

function stretchesOf(kind: SearchKind, rows: number, ranges: readonly InstantRange[]): Stretch[] {
  const lengths = ranges.map(({ first, last }) => Number(last - first) + 1);
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  return ranges.map((range, at) => ({ kind, ...range, rows: (rows * (lengths[at] ?? 0)) / whole }));
}

/** A few that are far from each other. */
function spread<Item>(items: readonly Item[]): Item[] {
  if (items.length <= gramsPerNeedle) return [...items];
  return Array.from(
    { length: gramsPerNeedle },
    (_, at) => items.slice(Math.floor((at * (items.length - 1)) / (gramsPerNeedle - 1)))[0],
  ).filter((item): item is Item => item !== undefined);
}
