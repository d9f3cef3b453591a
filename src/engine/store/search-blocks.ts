// Where rows of each kind lie in time and in their table: those of blocks, and those that are in no block yet.
// The index may come from anybody: what cannot be one is damage, and what it leaves out is looked through.
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { partCount } from "./search-grams.js";
import { type InstantRange, rangesFromBytes } from "./search-ranges.js";
import { uint32sFrom, unreadParts } from "./search-resume.js";
import { sources } from "./search-sources.js";
import { mostRowsPerBlock } from "./search-tables.js";
import { type SearchKind, searchKinds } from "../../shared/protocol/engine-rows.js";
import { UnreadableStored } from "./value-json.js";

const mostBlocks = 200_000;

export interface Block {
  readonly kind: SearchKind;
  /** Undefined for rows that are in no block. */
  readonly number: number | undefined;
  /** Number of its first row in the table; the others follow. */
  readonly firstRow: number;
  readonly rows: number;
  /** Positions that stand for rows elsewhere, in ascending order. */
  readonly others: readonly (readonly [position: number, row: number])[];
  /** Something is known of its texts. */
  readonly isIndexed: boolean;
  /** How many positions are a part, as a power of two. */
  readonly partBits: number;
  readonly ranges: readonly InstantRange[];
}

/** A few rows of spans, and when these began. */
export interface ChangedRows extends InstantRange {
  readonly rows: readonly number[];
}
const changedAtOnce = 256;

export interface AllRows {
  /** Rows were evicted: those that are left have other numbers, and none of them is asked for by its own. */
  readonly isByTime: boolean;
  readonly blocks: readonly Block[];
  /** Spans that ended after their block was written and are in no other yet; undefined when it may be any. */
  readonly changedSpans: readonly ChangedRows[] | undefined;
}

interface Written {
  readonly isByTime: boolean;
  readonly written: readonly Block[];
  readonly places: readonly number[] | undefined;
}

interface Known extends AllRows {
  /** Those of `blocks` that are in the file. */
  readonly written: readonly Block[];
}

/** One for all that is asked of a recording: they are read once and kept. */
export class SearchBlocks {
  #known: Promise<Known> | undefined;
  #generation: number | undefined;

  constructor(
    /** Not of one question: whoever asked first may give up. */
    readonly query: Query,
    /** Same number, same rows. */
    readonly generation: () => number,
  ) {}

  async all(): Promise<AllRows> {
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

  /** What was known of rows by their numbers is not so any more. */
  async haveBeenEvicted({ isByTime }: AllRows): Promise<boolean> {
    if (isByTime) return false;
    const rows = await this.query(`SELECT count(*) AS rows FROM eviction`);
    const areGone = (rows.numbers("rows")[0] ?? 0) > 0;
    if (areGone) this.#known = undefined;
    return areGone;
  }

  /** Blocks are only ever added: those that were known are not read again. */
  async #read(before: Promise<Known | undefined> | undefined): Promise<Known> {
    const { written, places, isByTime } = await this.#readWritten((await before)?.written ?? []);
    const rest = await Promise.all(searchKinds.map((kind) => this.#readRest(kind, endOf(written, kind))));
    return { isByTime, written, blocks: [...written, ...rest.flat()], changedSpans: await this.#readChanged(places) };
  }

  /** In one question, so that what it says belongs together whatever is committed meanwhile. */
  async #readWritten(known: readonly Block[]): Promise<Written> {
    const next = searchKinds.map((kind) => known.filter((block) => block.kind === kind).length);
    const since = next.map((block, code) => `(kind = ${code} AND block >= ${block})`).join(" OR ");
    const totals = searchKinds.map(
      (kind, code) =>
        `SELECT 'table' AS what, ${code}, NULL, count(*), NULL, NULL, NULL, false FROM ${sources[kind].table}`,
    );
    const rows = await this.query(
      `SELECT 'block' AS what, kind, block, rows, ranges, others, part_bits, trigrams IS NOT NULL AS known FROM search_block
         WHERE (${since}) OR kind >= ${searchKinds.length} OR kind IS NULL OR block IS NULL
       UNION ALL SELECT 'open', kind, NULL, NULL, NULL, places, NULL, false FROM search_open
       UNION ALL SELECT 'evicted', 0, NULL, count(*), NULL, NULL, NULL, false FROM eviction
       UNION ALL ${totals.join(" UNION ALL ")} ORDER BY what, kind, block LIMIT ${mostBlocks + 1}`,
    );
    const evicted = rows.texts("what").indexOf("evicted");
    if ((rows.optionalNumbers("rows")[evicted] ?? 0) > 0) return { isByTime: true, written: [], places: [] };
    if (known.length + rows.length > mostBlocks) throw new UnreadableStored("blocks of the search index");
    const [what, counts, others] = [rows.texts("what"), rows.optionalNumbers("rows"), rows.optionalBytes("others")];
    const [kinds, written] = [rows.numbers("kind"), [...known]];
    const open = what.flatMap((one, row) => (one === "open" ? [row] : []));
    if (open.length > 1) throw new UnreadableStored("places of the search index");
    for (const row of what.keys()) {
      const kind = searchKinds[kinds[row] ?? -1];
      if (kind === undefined) throw new UnreadableStored("kinds of the search index");
      if (what[row] === "block") written.push(blockFrom(rows, row, kind, endOf(written, kind)));
      if (what[row] === "table" && endOf(written, kind).row > (counts[row] ?? 0))
        throw new UnreadableStored("rows of the search index");
    }
    const [place] = open;
    const bytes = place === undefined ? new Uint8Array() : others[place];
    return { isByTime: false, written, places: bytes === undefined ? undefined : uint32sFrom(bytes) };
  }

  /** As if there were blocks of them, of which nothing is known. */
  async #readRest(kind: SearchKind, { row }: BlocksEnd): Promise<readonly Block[]> {
    let firstRow = row;
    return (await unreadParts(this.query, kind, row, undefined, mostRowsPerBlock)).map(({ rows, first, last }) => {
      const block = {
        kind,
        number: undefined,
        firstRow,
        rows,
        others: [],
        isIndexed: false,
        partBits: 0,
        ranges: [{ first, last }],
      };
      firstRow += rows;
      return block;
    });
  }

  async #readChanged(places: readonly number[] | undefined): Promise<readonly ChangedRows[] | undefined> {
    if (places === undefined) return undefined;
    if (places.length === 0) return [];
    const rows = await this.query(
      `SELECT rowid AS number, instant FROM span WHERE rowid IN (${places.join(", ")}) AND end_seq IS NOT NULL ORDER BY instant`,
    );
    const [numbers, instants] = [rows.numbers("number"), rows.bigints("instant")];
    return Array.from({ length: Math.ceil(numbers.length / changedAtOnce) }, (_, at) => {
      const [begin, end] = [at * changedAtOnce, Math.min((at + 1) * changedAtOnce, numbers.length)];
      return { rows: numbers.slice(begin, end), first: instants[begin] ?? 0n, last: instants[end - 1] ?? 0n };
    });
  }
}

/** Behind the blocks of a kind. */
interface BlocksEnd {
  readonly block: number;
  readonly row: number;
}

function endOf(blocks: readonly Block[], kind: SearchKind): BlocksEnd {
  const last = blocks.findLast((block) => block.kind === kind);
  return last === undefined ? { block: 0, row: 0 } : { block: (last.number ?? 0) + 1, row: last.firstRow + last.rows };
}

function blockFrom(from: Rows, row: number, kind: SearchKind, before: BlocksEnd): Block {
  const [number, rows] = [from.optionalNumbers("block")[row], from.optionalNumbers("rows")[row]];
  const [ranges, others] = [from.optionalBytes("ranges")[row], from.optionalBytes("others")[row]];
  const isRight = number === before.block && rows !== undefined && rows >= 0 && ranges !== undefined;
  if (!isRight || others === undefined) throw new UnreadableStored("a block of the search index");
  const pairs = pairsOf(uint32sFrom(others));
  const positions = rows + pairs.length;
  const areInOrder = pairs.every(([position], at) => position > (pairs[at - 1]?.[0] ?? -1) && position < positions);
  if (positions > mostRowsPerBlock || !areInOrder) throw new UnreadableStored("a block of the search index");
  const isIndexed = from.booleans("known")[row] === true;
  const partBits = from.optionalNumbers("part_bits")[row];
  if (partBits === undefined || positions > partCount * 2 ** partBits)
    throw new UnreadableStored("a block of the search index");
  return {
    kind,
    number,
    firstRow: before.row,
    rows,
    others: pairs,
    isIndexed,
    partBits,
    ranges: rangesFromBytes(ranges),
  };
}

const pairsOf = (numbers: readonly number[]): (readonly [number, number])[] =>
  Array.from({ length: numbers.length >> 1 }, (_, at) => [numbers[2 * at] ?? 0, numbers[2 * at + 1] ?? 0] as const);
