// Which rows of a block may have some needles in them, by what the index says of their texts.
import type { Parameter, Query } from "./readers.js";
import type { Block } from "./search-block.js";
import { partCount } from "./search-grams.js";
import { amongRowsOf, rangesOf } from "./search-index-rows.js";
import type { StoredText } from "./search-kept-block.js";
import type { KeptBlocks } from "./search-kept-blocks.js";
import { AskedTexts } from "./search-kept-texts.js";
import {
  type Positions,
  addPositions,
  allPositions,
  countOf,
  keepOnly,
  listOf,
  noPositions,
} from "./search-positions.js";
import { BlockPlaces, RareWords } from "./search-rare-words.js";
import { costOf } from "./search-rows-there.js";
import { textKinds } from "./search-tables.js";
import { type Part, type Word, partsOf } from "./search-words.js";

/** So few rows of a block are listed, more where looking at all of its rows would take longer. */
const [fewListed, mostListed] = [256, 2048];

/** Row numbers in ascending order; undefined when it may be any row of the block. */
export type CandidateRows = readonly number[] | undefined;

interface Found {
  readonly rows: CandidateRows;
  /** So many rows have each word in a text that many rows have: of these most will have the needles. */
  readonly likely: number;
}

export class Candidates {
  readonly #parts: readonly Part[];
  readonly #words: readonly Word[];
  readonly #found = new Map<Block, Found>();
  readonly #asked: AskedTexts;

  constructor(
    needles: readonly string[],
    readonly process: number | undefined,
    readonly kept: KeptBlocks,
  ) {
    this.#parts = partsOf(needles);
    this.#words = this.#parts.flatMap(({ words }) => words);
    this.#asked = new AskedTexts(kept.texts, this.#words, process);
  }

  /** Nothing can be told from what is looked for. */
  get tellsNothing(): boolean {
    return this.#parts.length === 0 && this.process === undefined;
  }

  knows(block: Block): boolean {
    return this.tellsNothing || !block.isIndexed || this.#found.has(block);
  }

  /** Of a block that was found out about. */
  rowsOf(block: Block): CandidateRows {
    return this.#found.get(block)?.rows;
  }

  /** How many of them are to be expected to have the needles, nearly. */
  likelyOf(block: Block): number {
    return this.#found.get(block)?.likely ?? 0;
  }

  /** Finds out about blocks. */
  async find(query: Query, blocks: readonly Block[]): Promise<void> {
    const unknown = blocks.filter((block) => !this.knows(block) && !this.#findKept(block));
    if (unknown.length === 0) return;
    const [within, places] = [rangesOf(unknown), new BlockPlaces(unknown)];
    const [texts, rare] = await Promise.all([
      readTexts(query, within, places, this.#words, this.process),
      RareWords.read(query, within, places, this.#words),
    ]);
    for (const [place, block] of unknown.entries())
      this.#found.set(
        block,
        this.#findIn(block, texts[place] ?? [], (word) => rare.partsOf(place, word)),
      );
  }

  /** False when it is not in memory. */
  #findKept(block: Block): boolean {
    const kept = this.kept.of(block);
    if (kept === undefined) return false;
    this.#found.set(
      block,
      this.#findIn(block, kept.textsOf(this.#asked), (word) => kept.partsOf(word)),
    );
    return true;
  }

  #findIn(block: Block, texts: readonly StoredText[], rare: (word: Word) => readonly [number, number]): Found {
    const parts = this.#parts.map(({ text, words }) => ({
      wholes: texts.filter((one) => one.what === textKinds.whole && one.text.includes(text)),
      words: words.map((word) => ({ own: texts.filter((one) => isOfWord(one, word)), rare: rare(word) })),
    }));
    // Most often it is so.
    if (parts.some(({ wholes, words }) => wholes.length === 0 && areNowhere(words))) return nowhere;
    const count = block.rows + block.others.length;
    const [all, likely] = [allPositions(count), allPositions(count)];
    for (const { wholes, words } of parts) {
      const [found, kept] = [allPositions(count), allPositions(count)];
      for (const { own, rare: inParts } of words) {
        const withWord = noPositions(count);
        for (const one of own) addPositions(withWord, one.rows, count);
        keepOnly(kept, withWord);
        addParts(withWord, inParts, block.partBits, count);
        keepOnly(found, withWord);
      }
      for (const one of wholes) {
        addPositions(found, one.rows, count);
        addPositions(kept, one.rows, count);
      }
      keepOnly(all, found);
      keepOnly(likely, kept);
    }
    if (this.process !== undefined) {
      const ofProcess = noPositions(count);
      for (const one of texts) if (one.what === textKinds.process) addPositions(ofProcess, one.rows, count);
      keepOnly(all, ofProcess);
      keepOnly(likely, ofProcess);
    }
    return { rows: rowsAt(block, all), likely: countOf(likely) };
  }
}

const nowhere: Found = { rows: [], likely: 0 };

/** Words that only few rows have are in no part together. */
function areNowhere(
  words: readonly { readonly own: readonly StoredText[]; readonly rare: readonly [number, number] }[],
): boolean {
  let [parts, furtherParts] = [0xffffffff, 0xffffffff];
  for (const { own, rare } of words)
    if (own.length === 0) [parts, furtherParts] = [parts & rare[0], furtherParts & rare[1]];
  return parts === 0 && furtherParts === 0;
}

const isOfWord = ({ what, text }: StoredText, word: Word): boolean =>
  what === textKinds.word && text.includes(word.text);

/** Of each block, by its place. */
async function readTexts(
  query: Query,
  within: string,
  places: BlockPlaces,
  words: readonly Word[],
  process: number | undefined,
): Promise<readonly (readonly StoredText[])[]> {
  const values: Parameter[] = words.map(({ text }) => text);
  const conditions = words.map((_, at) => `(what <= ${textKinds.whole} AND contains(text, $${at + 1}))`);
  if (process !== undefined)
    conditions.push(`(what = ${textKinds.process} AND text = $${values.push(String(process))})`);
  const rows = await query(
    `SELECT kind, block, what, text, rows FROM search_text
       WHERE ${within} AND ${amongRowsOf("search_text", places.blocks)} AND (text IS NULL OR ${conditions.join(" OR ")})`,
    values,
  );
  const [what, texts, positions] = [rows.float64s("what"), rows.texts("text"), rows.bytes("rows")];
  const found: StoredText[][] = places.blocks.map(() => []);
  for (const [row, place] of places.in(rows).entries())
    if (place !== undefined)
      found[place]?.push({ what: what[row] ?? 0, text: texts[row] ?? "", rows: positions[row] ?? new Uint8Array() });
  return found;
}

/** Positions of these parts, the first 32 and the others. */
function addParts(
  into: Positions,
  [parts, furtherParts]: readonly [number, number],
  bits: number,
  count: number,
): void {
  for (let part = 0; part < partCount; part++) {
    if ((((part < 32 ? parts : furtherParts) >>> (part & 31)) & 1) === 0) continue;
    const end = Math.min((part + 1) << bits, count);
    for (let at = part << bits; at < end; at++) into[at >> 5] = (into[at >> 5] ?? 0) | (1 << (at & 31));
  }
}

/** Undefined where looking at all rows of the block is quicker. */
function rowsAt({ firstRow, rows: count, others }: Block, positions: Positions): CandidateRows {
  if (countOf(positions) > mostListed) return undefined;
  const rows: number[] = [];
  let before = 0;
  for (const position of listOf(positions)) {
    while (before < others.length && (others[before]?.[0] ?? 0) < position) before++;
    const other = others[before];
    rows.push(other?.[0] === position ? other[1] : firstRow + position - before);
  }
  return rows.length > fewListed && costOf(rows) > count ? undefined : rows;
}
