// Which rows of a block may have some needles in them, by what the index says of their texts.
// A needle is cut where texts are, at quotation marks: each part of it is in a text that many rows have, or all of its words are
// in words of the row.
import type { Parameter, Query } from "./readers.js";
import type { Block } from "./search-block.js";
import {
  type Cell,
  bytesPerCell,
  cellIn,
  gramsNeeded,
  isWithout,
  partCount,
  partsFrom,
  shardSizes,
  trigramByteCount,
  wordsIn,
} from "./search-grams.js";
import {
  type Positions,
  addPositions,
  allPositions,
  countOf,
  keepOnly,
  listOf,
  noPositions,
} from "./search-positions.js";
import { textKinds } from "./search-tables.js";
import { lowered } from "./search-lower-case.js";
import { searchKinds } from "../../shared/protocol/engine-rows.js";
import { UnreadableStored } from "./value-json.js";

/** Further ones tell little more. */
const [partsTested, wordsPerPart, cellsPerWord] = [6, 3, 12];

interface Word {
  readonly text: string;
  readonly cells: readonly Cell[];
  /** Of a word that is too short for cells. */
  readonly trigrams: readonly number[];
}

/** What lies between two quotation marks of a needle. */
interface Part {
  readonly text: string;
  readonly words: readonly Word[];
}

/** More rows of a block are not listed: looking at all of its rows is quicker. */
const mostListed = 256;

/** Row numbers in ascending order; undefined when it may be any row of the block. */
export type CandidateRows = readonly number[] | undefined;

export class Candidates {
  readonly #parts: readonly Part[];
  readonly #words: readonly Word[];
  readonly #found = new Map<string, CandidateRows>();

  constructor(
    needles: readonly string[],
    readonly process: number | undefined,
  ) {
    this.#parts = partsOf(needles).slice(0, partsTested);
    this.#words = this.#parts.flatMap(({ words }) => words);
  }

  /** Nothing can be told from what is looked for. */
  get tellsNothing(): boolean {
    return this.#parts.length === 0 && this.process === undefined;
  }

  knows(block: Block): boolean {
    return this.tellsNothing || !block.isIndexed || this.#found.has(nameOf(block));
  }

  /** Of a block that was found out about. */
  rowsOf(block: Block): CandidateRows {
    return block.isIndexed && !this.tellsNothing ? this.#found.get(nameOf(block)) : undefined;
  }

  /** Finds out about blocks. */
  async find(query: Query, blocks: readonly Block[]): Promise<void> {
    const unknown = blocks.filter((block) => !this.knows(block));
    if (unknown.length === 0) return;
    const within = rangesOf(unknown);
    const [texts, cells, trigrams] = await Promise.all([
      readTexts(query, within, this.#words, this.process),
      readCells(query, within, this.#words),
      readTrigrams(query, within, this.#words),
    ]);
    for (const block of unknown) {
      const name = nameOf(block);
      const positions = this.#positionsIn(block, texts.get(name) ?? [], cells.get(name), trigrams.get(name));
      this.#found.set(name, rowsAt(block, positions));
    }
  }

  #positionsIn(
    block: Block,
    texts: readonly StoredText[],
    cells: ReadonlyMap<Word, StoredParts> | undefined,
    without: ReadonlySet<Word> | undefined,
  ): Positions {
    const count = block.rows + block.others.length;
    const all = allPositions(count);
    for (const { text, words } of this.#parts) {
      const found = allPositions(count);
      for (const word of words) {
        const withWord =
          without?.has(word) === true ? noPositions(count) : positionsOf(cells?.get(word), block.partBits, count);
        for (const one of texts)
          if (one.what === textKinds.word && one.text.includes(word.text)) addPositions(withWord, one.rows, count);
        keepOnly(found, withWord);
      }
      for (const one of texts)
        if (one.what === textKinds.whole && one.text.includes(text)) addPositions(found, one.rows, count);
      keepOnly(all, found);
    }
    if (this.process !== undefined) {
      const ofProcess = noPositions(count);
      for (const one of texts) if (one.what === textKinds.process) addPositions(ofProcess, one.rows, count);
      keepOnly(all, ofProcess);
    }
    return all;
  }
}

/** Those that tell something, the longest first. */
function partsOf(needles: readonly string[]): readonly Part[] {
  const texts = new Set(needles.flatMap((needle) => lowered(needle).split('"')));
  return [...texts]
    .map((text) => ({ text, words: wordsOf(text) }))
    .filter(({ words }) => words.length > 0)
    .toSorted((a, b) => b.text.length - a.text.length);
}

function wordsOf(text: string): readonly Word[] {
  const longest = [...new Set(wordsIn(text))].toSorted((a, b) => b.length - a.length).slice(0, wordsPerPart);
  return longest.map((word) => {
    const { cells, trigrams } = gramsNeeded(word);
    return { text: word, cells: spread(cells), trigrams: cells.length === 0 ? trigrams : [] };
  });
}

/** A few that are far from each other. */
function spread(cells: readonly Cell[]): readonly Cell[] {
  if (cells.length <= cellsPerWord) return cells;
  const step = (cells.length - 1) / (cellsPerWord - 1);
  return Array.from({ length: cellsPerWord }, (_, at) => cells.slice(Math.floor(at * step))[0]).filter(
    (cell): cell is Cell => cell !== undefined,
  );
}

/** `kind` and `block` are columns. */
function rangesOf(blocks: readonly Block[]): string {
  const ranges = searchKinds.flatMap((kind, code) => {
    const numbers = blocks.flatMap((block) => (block.kind === kind ? [block.number ?? 0] : []));
    if (numbers.length === 0) return [];
    const [least, most] = numbers.reduce(
      ([low, high], number) => [Math.min(low, number), Math.max(high, number)],
      [Infinity, 0],
    );
    return [`(kind = ${code} AND block BETWEEN ${least} AND ${most})`];
  });
  return `(${ranges.join(" OR ")})`;
}

interface StoredText {
  readonly what: number;
  readonly text: string;
  readonly rows: Uint8Array;
}

async function readTexts(
  query: Query,
  within: string,
  words: readonly Word[],
  process: number | undefined,
): Promise<ReadonlyMap<string, StoredText[]>> {
  const values: Parameter[] = words.map(({ text }) => text);
  const conditions = words.map((_, at) => `(what <= ${textKinds.whole} AND contains(text, $${at + 1}))`);
  if (process !== undefined)
    conditions.push(`(what = ${textKinds.process} AND text = $${values.push(String(process))})`);
  const rows = await query(
    `SELECT kind, block, what, text, rows FROM search_text WHERE ${within} AND (text IS NULL OR ${conditions.join(" OR ")})`,
    values,
  );
  const [names, what, texts, positions] = [
    namesOf(rows.numbers("kind"), rows.numbers("block")),
    rows.numbers("what"),
    rows.texts("text"),
    rows.bytes("rows"),
  ];
  const found = new Map<string, StoredText[]>();
  for (const [row, name] of names.entries()) {
    const one = { what: what[row] ?? 0, text: texts[row] ?? "", rows: positions[row] ?? new Uint8Array() };
    const before = found.get(name);
    if (before === undefined) found.set(name, [one]);
    else before.push(one);
  }
  return found;
}

/** In which parts of the block a word may be, the first 32 and the others. */
interface StoredParts {
  parts: number;
  furtherParts: number;
}

async function readCells(
  query: Query,
  within: string,
  words: readonly Word[],
): Promise<ReadonlyMap<string, ReadonlyMap<Word, StoredParts>>> {
  const found = new Map<string, Map<Word, StoredParts>>();
  const asked = words.flatMap((word) => word.cells.map((cell) => ({ word, ...cell })));
  if (asked.length === 0) return found;
  const ofShard = new Map<number, (typeof asked)[number][]>();
  for (const one of asked) ofShard.set(one.shard, [...(ofShard.get(one.shard) ?? []), one]);
  const [shards, sizes] = [[...ofShard.keys()].join(", "), shardSizes.join(", ")];
  // One after the other: a column for each would be mostly empty.
  const cells = [...ofShard].map(
    ([shard, ofIt]) => `WHEN ${shard} THEN ${ofIt.map(({ cell }) => cellIn("bits", cell)).join(" || ")}`,
  );
  const rows = await query(
    `WITH wanted AS (SELECT kind, block, shard, coalesce(octet_length(bits) IN (${sizes}), false) AS is_right, bits
         FROM search_filter WHERE shard IN (${shards}) AND ${within})
       SELECT kind, block, shard, is_right, CASE shard ${cells.join(" ")} END AS cells FROM wanted`,
  );
  if (rows.booleans("is_right").includes(false)) throw new UnreadableStored("bits of the search index");
  const names = namesOf(rows.numbers("kind"), rows.numbers("block"));
  const shardOf = rows.numbers("shard");
  for (const [row, bytes] of rows.bytes("cells").entries()) {
    const name = names[row] ?? "";
    const ofBlock = found.get(name) ?? new Map<Word, StoredParts>();
    found.set(name, ofBlock);
    for (const [at, { word }] of (ofShard.get(shardOf[row] ?? -1) ?? []).entries()) {
      const before = ofBlock.get(word) ?? { parts: 0xffffffff, furtherParts: 0xffffffff };
      const [parts, furtherParts] = partsFrom(bytes.subarray(at * bytesPerCell, (at + 1) * bytesPerCell));
      ofBlock.set(word, { parts: before.parts & parts, furtherParts: before.furtherParts & furtherParts });
    }
  }
  return found;
}

/** Of each block the words that none of its rare words can have as a part. */
async function readTrigrams(
  query: Query,
  within: string,
  words: readonly Word[],
): Promise<ReadonlyMap<string, ReadonlySet<Word>>> {
  const found = new Map<string, Set<Word>>();
  const asked = words.filter(({ trigrams }) => trigrams.length > 0);
  if (asked.length === 0) return found;
  const isRight = `octet_length(trigrams) = ${trigramByteCount}`;
  const tests = asked.map(({ trigrams }, at) => {
    const isAnyWithout = trigrams.map((place) => isWithout("trigrams", place)).join(" OR ");
    return `CASE WHEN ${isRight} THEN ${isAnyWithout} ELSE false END AS w${at}`;
  });
  const rows = await query(
    `SELECT kind, block, ${isRight} AS is_right, ${tests.join(", ")} FROM search_block WHERE trigrams IS NOT NULL AND ${within}`,
  );
  if (rows.booleans("is_right").includes(false)) throw new UnreadableStored("trigrams of the search index");
  const names = namesOf(rows.numbers("kind"), rows.numbers("block"));
  for (const [at, word] of asked.entries())
    for (const [row, isWithoutIt] of rows.booleans(`w${at}`).entries()) {
      const name = names[row] ?? "";
      if (isWithoutIt) found.set(name, (found.get(name) ?? new Set()).add(word));
    }
  return found;
}

/** All where nothing is known. */
function positionsOf(stored: StoredParts | undefined, bits: number, count: number): Positions {
  if (stored === undefined) return allPositions(count);
  const positions = noPositions(count);
  for (let part = 0; part < partCount; part++) {
    if ((((part < 32 ? stored.parts : stored.furtherParts) >>> (part & 31)) & 1) === 0) continue;
    const end = Math.min((part + 1) << bits, count);
    for (let at = part << bits; at < end; at++) positions[at >> 5] = (positions[at >> 5] ?? 0) | (1 << (at & 31));
  }
  return positions;
}

function rowsAt({ firstRow, others }: Block, positions: Positions): CandidateRows {
  if (countOf(positions) > mostListed) return undefined;
  const rows: number[] = [];
  let before = 0;
  for (const position of listOf(positions)) {
    while (before < others.length && (others[before]?.[0] ?? 0) < position) before++;
    const other = others[before];
    rows.push(other?.[0] === position ? other[1] : firstRow + position - before);
  }
  return rows;
}

const namesOf = (kinds: readonly number[], blocks: readonly number[]): string[] =>
  kinds.map((code, row) => `${searchKinds[code]} ${blocks[row]}`);

const nameOf = ({ kind, number }: Block): string => `${kind} ${number}`;
