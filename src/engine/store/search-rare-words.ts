// Where in some blocks words of which few rows have one may be, by the bits that the index has of them (search-grams.ts).
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import type { Block } from "./search-block.js";
import { cellIn, isWithout, partsFrom, shardSizes, trigramByteCount } from "./search-grams.js";
import { amongRowsOf } from "./search-index-rows.js";
import type { Word } from "./search-words.js";
import { searchKinds } from "../../shared/protocol/engine-rows.js";
import { UnreadableStored } from "./value-json.js";

/** Which of some blocks a row of the index is about. */
export class BlockPlaces {
  readonly #places = new Map<number, number>();

  constructor(readonly blocks: readonly Block[]) {
    for (const [place, { kind, number }] of blocks.entries())
      this.#places.set(keyOf(searchKinds.indexOf(kind), number ?? 0), place);
  }

  /** Of each row, by its columns `kind` and `block`; undefined for other blocks. */
  in(rows: Rows): readonly (number | undefined)[] {
    const blocks = rows.float64s("block");
    return Array.from(rows.float64s("kind"), (code, row) => this.#places.get(keyOf(code, blocks[row] ?? 0)));
  }
}

const keyOf = (code: number, block: number): number => code * 2 ** 32 + block;

/** In which parts of each block each word may be: of one of which nothing is known, in all. */
export class RareWords {
  readonly #parts: Uint32Array;
  readonly #furtherParts: Uint32Array;
  /** By block and word: 1 where a cell was found. */
  readonly #hasCells: Uint8Array;

  private constructor(
    readonly words: readonly Word[],
    readonly places: BlockPlaces,
  ) {
    const size = words.length * places.blocks.length;
    this.#parts = new Uint32Array(size).fill(0xffffffff);
    this.#furtherParts = new Uint32Array(size).fill(0xffffffff);
    this.#hasCells = new Uint8Array(size);
  }

  /** `within` is about the columns `kind` and `block`. Throws `UnreadableStored`. */
  static async read(query: Query, within: string, places: BlockPlaces, words: readonly Word[]): Promise<RareWords> {
    const found = new RareWords(words, places);
    const haveNoCells = (word: Word): boolean => word.cells.length === 0;
    await Promise.all([found.#readCells(query, within), found.#readTrigrams(query, within, haveNoCells)]);
    // Blocks of files that were recorded earlier have no cells of four letters.
    await found.#readTrigrams(query, within, (word) => !haveNoCells(word) && found.#lacksCellsOf(word));
    return found;
  }

  /** The first 32 parts as bits, and the others. */
  partsOf(place: number, word: Word): readonly [number, number] {
    const at = place * this.words.length + this.words.indexOf(word);
    return [this.#parts[at] ?? 0, this.#furtherParts[at] ?? 0];
  }

  #lacksCellsOf(word: Word): boolean {
    const at = this.words.indexOf(word);
    return this.places.blocks.some((_, place) => this.#hasCells[place * this.words.length + at] === 0);
  }

  #keepOnly(place: number, word: number, parts: number, furtherParts: number): void {
    const at = place * this.words.length + word;
    this.#parts[at] = (this.#parts[at] ?? 0) & parts;
    this.#furtherParts[at] = (this.#furtherParts[at] ?? 0) & furtherParts;
  }

  async #readCells(query: Query, within: string): Promise<void> {
    const ofShard = new Map<number, { readonly word: number; readonly cell: number }[]>();
    for (const [word, { cells }] of this.words.entries())
      for (const { shard, cell } of cells) ofShard.set(shard, [...(ofShard.get(shard) ?? []), { word, cell }]);
    if (ofShard.size === 0) return;
    // A column has one cell of each shard, as most have one only.
    const count = Math.max(...[...ofShard.values()].map(({ length }) => length));
    const columns = Array.from({ length: count }, (_, at) => {
      const cases = [...ofShard].flatMap(([shard, cells]) => {
        const one = cells[at];
        return one === undefined ? [] : [`WHEN ${shard} THEN ${one.cell}`];
      });
      return `${cellIn("bits", `(CASE shard ${cases.join(" ")} END)`)} AS cells${at}`;
    });
    const rows = await query(
      `SELECT kind, block, shard, octet_length(bits)::DOUBLE AS size, ${columns.join(", ")} FROM search_filter
         WHERE shard IN (${[...ofShard.keys()].join(", ")}) AND ${within} AND ${amongRowsOf("search_filter", this.places.blocks)}`,
    );
    const isRight = (size: number): boolean => shardSizes.includes(size);
    if (!rows.float64sOrNaN("size").every(isRight)) throw new UnreadableStored("bits of the search index");
    const [places, shards] = [this.places.in(rows), rows.float64s("shard")];
    for (let column = 0; column < count; column++)
      for (const [row, bytes] of rows.optionalBytes(`cells${column}`).entries()) {
        const [place, one] = [places[row], ofShard.get(shards[row] ?? -1)?.[column]];
        if (place === undefined || one === undefined || bytes === undefined) continue;
        this.#keepOnly(place, one.word, ...partsFrom(bytes));
        this.#hasCells[place * this.words.length + one.word] = 1;
      }
  }

  /** No rare word of a block has a short one as a part where the block is without one of its trigrams. */
  async #readTrigrams(query: Query, within: string, isAsked: (word: Word) => boolean): Promise<void> {
    const asked = [...this.words.entries()].filter(([, word]) => word.trigrams.length > 0 && isAsked(word));
    if (asked.length === 0) return;
    const isRight = `octet_length(trigrams) = ${trigramByteCount}`;
    const tests = asked.map(([word, { trigrams }]) => {
      const isAnyWithout = trigrams.map((place) => isWithout("trigrams", place)).join(" OR ");
      return `CASE WHEN ${isRight} THEN ${isAnyWithout} ELSE false END AS w${word}`;
    });
    const rows = await query(
      `SELECT kind, block, ${isRight} AS is_right, ${tests.join(", ")} FROM search_block
         WHERE trigrams IS NOT NULL AND ${within} AND ${amongRowsOf("search_block", this.places.blocks)}`,
    );
    if (rows.booleans("is_right").includes(false)) throw new UnreadableStored("trigrams of the search index");
    const places = this.places.in(rows);
    for (const [word] of asked)
      for (const [row, isWithoutIt] of rows.booleans(`w${word}`).entries()) {
        const place = places[row];
        if (isWithoutIt && place !== undefined) this.#keepOnly(place, word, 0, 0);
      }
  }
}
