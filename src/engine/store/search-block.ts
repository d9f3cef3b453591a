// What the index says of one block: where its rows lie in time, and which rows they are. It may come from anybody: what cannot
// be a block is damage.
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { partCount } from "./search-grams.js";
import { type InstantRange, rangesFromBytes } from "./search-ranges.js";
import { uint32sFrom, unreadParts } from "./search-resume.js";
import { mostRowsPerBlock } from "./search-tables.js";
import type { SearchKind } from "../../shared/protocol/engine-rows.js";
import { UnreadableStored } from "./value-json.js";

/** Between which rows of the index's tables it speaks of a block; of a table that says nothing of it none. */
export type IndexRows = Partial<
  Readonly<Record<"search_text" | "search_filter" | "search_block", readonly [first: number, last: number]>>
>;

export interface Block {
  readonly kind: SearchKind;
  /** Undefined for rows that are in no block. */
  readonly number: number | undefined;
  /** Number of its first row in the table; the others follow. Tells nothing where rows were evicted. */
  readonly firstRow: number;
  readonly rows: number;
  /** Positions that stand for rows elsewhere, in ascending order. */
  readonly others: readonly (readonly [position: number, row: number])[];
  /** Something is known of its texts. */
  readonly isIndexed: boolean;
  /** How many positions are a part, as a power of two. */
  readonly partBits: number;
  readonly ranges: readonly InstantRange[];
  /** Undefined where it is not known, or may change. */
  readonly indexRows?: IndexRows | undefined;
}

/** A few rows of spans, and when these began. */
export interface ChangedRows extends InstantRange {
  readonly rows: readonly number[];
}

export interface AllRows {
  /** Rows were evicted: those that are left have other numbers, and none of them is asked for by its own. */
  readonly isByTime: boolean;
  readonly blocks: readonly Block[];
  /** Spans that ended after their block was written and are in no other yet; undefined when it may be any. */
  readonly changedSpans: readonly ChangedRows[] | undefined;
}

export interface KnownRows extends AllRows {
  /** Those of `blocks` that are in the file, and will not be written anew. */
  readonly written: readonly Block[];
}

/** Columns of `search_block`, as `blocksIn` reads them. */
export const blockColumns = `kind, block, rows, ranges, others, part_bits, trigrams IS NOT NULL AS known`;

/** Reads blocks by the rows they are in; `firstRow` is the number of a block's first row. Throws `UnreadableStored`. */
export function blocksIn(from: Rows): (row: number, kind: SearchKind, firstRow: number) => Block {
  const [numbers, counts] = [from.optionalNumbers("block"), from.optionalNumbers("rows")];
  const [allRanges, allOthers] = [from.optionalBytes("ranges"), from.optionalBytes("others")];
  const [known, allPartBits] = [from.booleans("known"), from.optionalNumbers("part_bits")];
  return (row, kind, firstRow) => {
    const [number, rows, ranges, others] = [numbers[row], counts[row], allRanges[row], allOthers[row]];
    if (number === undefined || rows === undefined || rows < 0 || ranges === undefined || others === undefined)
      throw unreadable();
    const pairs = pairsOf(uint32sFrom(others));
    const positions = rows + pairs.length;
    const areInOrder = pairs.every(([position], at) => position > (pairs[at - 1]?.[0] ?? -1) && position < positions);
    if (positions > mostRowsPerBlock || !areInOrder) throw unreadable();
    const [isIndexed, partBits] = [known[row] === true, allPartBits[row]];
    if (partBits === undefined || positions > partCount * 2 ** partBits) throw unreadable();
    return { kind, number, firstRow, rows, others: pairs, isIndexed, partBits, ranges: rangesFromBytes(ranges) };
  };
}

/** Rows that are in no block, from one on, as if there were blocks of them, of which nothing is known. */
export async function blocksOfRest(query: Query, kind: SearchKind, begin: number): Promise<readonly Block[]> {
  let next = begin;
  return (await unreadParts(query, kind, begin, undefined, mostRowsPerBlock)).map(({ rows, first, last }) => {
    const firstRow = next;
    next += rows;
    const ranges = [{ first, last }];
    return { kind, number: undefined, firstRow, rows, others: [], isIndexed: false, partBits: 0, ranges };
  });
}

const unreadable = (): UnreadableStored => new UnreadableStored("a block of the search index");

const pairsOf = (numbers: readonly number[]): (readonly [number, number])[] =>
  Array.from({ length: numbers.length >> 1 }, (_, at) => [numbers[2 * at] ?? 0, numbers[2 * at + 1] ?? 0] as const);
