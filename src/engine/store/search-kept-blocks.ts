// What the index says of blocks, in memory: a question about what is here asks DuckDB nothing. To ask it about all blocks of ten
// million rows takes twenty milliseconds for the texts and thirty for the bits, and reading all of it, once, half a second. So it is
// read, from the newest blocks on, once somebody has searched a recording that is saved, as far as there is room.
// It may come from anybody: of a block that says something else than expected nothing is kept, and whoever asks hears of it.
import { setTimeout as wait } from "node:timers/promises";
import type { Query } from "./readers.js";
import type { Block } from "./search-block.js";
import { amongRowsOf, rangesOf } from "./search-index-rows.js";
import type { KeptBlock } from "./search-kept-block.js";
import { ReadBlock } from "./search-kept-read.js";
import type { KeptRoom } from "./search-kept-room.js";
import { KeptTexts, type NamedText } from "./search-kept-texts.js";
import { BlockPlaces } from "./search-rare-words.js";

/** Some megabytes, which take a few ten milliseconds. */
const blocksAtOnce = 24;
/** DuckDB unpacks trigrams of all of them to have those of one. */
const trigramsAtOnce = 1024;

export interface Keeping {
  readonly room: KeptRoom;
  /** Nothing else writes into the file. */
  isSaved(): boolean;
  /** Around whatever is asked of the file while nobody waits for it. */
  reading(work: () => Promise<void>): Promise<void>;
}

/** One, unless something is wrong. */
type Trigrams = readonly (Uint8Array | undefined)[];

export class KeptBlocks {
  readonly texts = new KeptTexts();
  readonly #blocks = new Map<string, KeptBlock>();
  /** By a hash, as the file has them; undefined for what is none, and for two of one hash. */
  readonly #named = new Map<number, NamedText | undefined>();
  /** Tried, and not to be kept. */
  readonly #others = new Set<string>();
  #keeping: Keeping | undefined;
  #isReading = false;
  /** There is no room for more. */
  #isFull = false;
  #isClosed = false;

  constructor(readonly query: Query) {}

  /** Until then nothing is kept. */
  keepAs(keeping: Keeping): void {
    this.#keeping = keeping;
  }

  of(block: Block): KeptBlock | undefined {
    return this.#blocks.get(nameOf(block));
  }

  /** Somebody searches: what is not here yet is read with nobody waiting for it. */
  wanted(blocks: readonly Block[]): void {
    const keeping = this.#keeping;
    if (keeping === undefined || this.#isClosed) return;
    keeping.room.used(this);
    if (this.#isReading || this.#isFull || !keeping.isSaved()) return;
    const missing = this.#missing(blocks);
    if (missing.length === 0) return;
    this.#isReading = true;
    keeping
      .reading(() => this.#readAll(missing, keeping))
      .catch(() => undefined) // whoever asks hears of it
      .finally(() => (this.#isReading = false));
  }

  /** Somebody else needs the room. */
  forget(): void {
    this.#blocks.clear();
    this.texts.clear();
    this.#named.clear();
    this.#others.clear();
    this.#isFull = false;
  }

  close(): void {
    this.#isClosed = true;
    this.#keeping?.room.leave(this);
    this.forget();
  }

  #missing(blocks: readonly Block[]): readonly Block[] {
    return blocks
      .filter((block) => block.isIndexed && !this.#blocks.has(nameOf(block)) && !this.#others.has(nameOf(block)))
      .toSorted((a, b) => (lastOf(a) > lastOf(b) ? -1 : 1));
  }

  async #readAll(missing: readonly Block[], { room, isSaved }: Keeping): Promise<void> {
    let trigrams = new Map<Block, Trigrams>();
    for (let at = 0; at < missing.length; at += blocksAtOnce) {
      const begunMs = performance.now();
      const some = missing.slice(at, at + blocksAtOnce);
      if (some.some((block) => !trigrams.has(block)))
        trigrams = await this.#readTrigrams(missing.slice(at, at + trigramsAtOnce));
      const read = await this.#read(some, trigrams);
      if (this.#isClosed || !isSaved()) return;
      for (const [place, block] of some.entries()) if (!this.#keep(block, read[place], room)) return;
      // Others get something of the machine, too.
      await wait((performance.now() - begunMs) / 4, undefined, { ref: false });
    }
  }

  /** False when there is no room. */
  #keep(block: Block, read: ReadBlock | undefined, room: KeptRoom): boolean {
    const bytes = read?.bytesIn(this.texts);
    if (read === undefined || bytes === undefined) {
      this.#others.add(nameOf(block));
      return true;
    }
    if (!room.take(this, bytes)) {
      this.#isFull = true;
      return false;
    }
    this.#blocks.set(nameOf(block), read.keptIn(this.texts));
    return true;
  }

  async #readTrigrams(blocks: readonly Block[]): Promise<Map<Block, Trigrams>> {
    const found = new Map<Block, Trigrams>(blocks.map((block) => [block, []]));
    const isAsked = `${rangesOf(blocks)} AND ${amongRowsOf("search_block", blocks)}`;
    const rows = await this.query(`SELECT kind, block, trigrams FROM search_block WHERE ${isAsked}`);
    const trigrams = rows.optionalBytes("trigrams");
    for (const [row, place] of new BlockPlaces(blocks).in(rows).entries()) {
      const block = place === undefined ? undefined : blocks[place];
      if (block !== undefined) found.set(block, [...(found.get(block) ?? []), trigrams[row]]);
    }
    return found;
  }

  async #read(blocks: readonly Block[], trigrams: ReadonlyMap<Block, Trigrams>): Promise<readonly ReadBlock[]> {
    const [places, within] = [new BlockPlaces(blocks), rangesOf(blocks)];
    const all = blocks.map((block) => new ReadBlock(trigrams.get(block) ?? []));
    const bits = await this.query(
      `SELECT kind, block, shard, bits FROM search_filter WHERE ${within} AND ${amongRowsOf("search_filter", blocks)}`,
    );
    const [shards, ofShards] = [bits.float64s("shard"), bits.optionalBytes("bits")];
    for (const [row, place] of places.in(bits).entries())
      if (place !== undefined) all[place]?.addShard(shards[row] ?? 0, ofShards[row]);
    const isAsked = `${within} AND ${amongRowsOf("search_text", blocks)}`;
    const rows = await this.query(`SELECT kind, block, ${keyOfText} AS key, rows FROM search_text WHERE ${isAsked}`);
    const [keys, positions] = [rows.float64s("key"), rows.optionalBytes("rows")];
    await this.#learn(keys, isAsked);
    for (const [row, place] of places.in(rows).entries())
      if (place !== undefined) all[place]?.addText(this.#named.get(keys[row] ?? 0), positions[row]);
    return all;
  }

  /** Most are those of other blocks: they come once. */
  async #learn(keys: Float64Array, isAsked: string): Promise<void> {
    const unknown = new Set(keys.filter((key) => !this.#named.has(key)));
    if (unknown.size === 0) return;
    const rows = await this.query(
      `SELECT DISTINCT ${keyOfText} AS key, what, text FROM search_text WHERE ${isAsked} AND key IN (${[...unknown].join(", ")})`,
    );
    const [whats, texts] = [rows.optionalNumbers("what"), rows.optionalTexts("text")];
    for (const [row, key] of rows.float64s("key").entries()) {
      const [what, text] = [whats[row], texts[row]];
      const isOdd = what === undefined || text === undefined || this.#named.has(key);
      this.#named.set(key, isOdd ? undefined : { what, text });
    }
  }
}

/** Numbers are read sooner than texts. */
const keyOfText = `(hash(what, text) >> 11)::DOUBLE`;

const nameOf = ({ kind, number }: Block): string => `${kind} ${number}`;

const lastOf = ({ ranges }: Block): bigint => ranges.map(({ last }) => last).reduce((a, b) => (a > b ? a : b), 0n);
