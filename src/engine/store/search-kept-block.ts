// What the index says of one block, as it lies in memory: some 330 KB of bits, and 50 of texts, for 16,384 rows.
import { bytesPerCell, partsFrom } from "./search-grams.js";
import type { AskedTexts } from "./search-kept-texts.js";
import type { Word } from "./search-words.js";

export interface StoredText {
  readonly what: number;
  readonly text: string;
  /** At which positions, as search-positions.ts writes them. */
  readonly rows: Uint8Array;
}

export class KeptBlock {
  constructor(
    /** Of each shard, one behind the other. */
    readonly cells: Uint8Array,
    /** Where each begins, and behind the last; one that there is not takes nothing. */
    readonly shardStarts: Uint32Array,
    readonly trigrams: Uint8Array,
    /** Of its texts, in `KeptTexts`. */
    readonly texts: Uint32Array,
    readonly positions: Uint8Array,
    /** Where those of each text begin, and behind the last. */
    readonly positionStarts: Uint32Array,
  ) {}

  /** Those that tell something of what is asked. */
  textsOf(asked: AskedTexts): readonly StoredText[] {
    const found: StoredText[] = [];
    const { texts, positionStarts } = this;
    for (let at = 0; at < texts.length; at++) {
      const id = texts[at] ?? 0;
      if (!asked.tells(id)) continue;
      const rows = this.positions.subarray(positionStarts[at], positionStarts[at + 1]);
      found.push({ what: asked.texts.whatOf(id), text: asked.texts.textOf(id), rows });
    }
    return found;
  }

  /** In which parts rare words with this one as a part may be: the first 32 as bits, and the others. */
  partsOf({ cells, trigrams }: Word): readonly [number, number] {
    let [parts, furtherParts, hasCells] = [0xffffffff, 0xffffffff, false];
    for (const { shard, cell } of cells) {
      const [start, end] = [this.shardStarts[shard] ?? 0, this.shardStarts[shard + 1] ?? 0];
      if (start >= end) continue;
      const at = start + (cell % ((end - start) / bytesPerCell)) * bytesPerCell;
      const [own, further] = partsFrom(this.cells, at);
      parts &= own;
      furtherParts &= further;
      hasCells = true;
    }
    // Blocks of files that were recorded earlier have no cells of four letters.
    if (!hasCells && trigrams.some((place) => !this.#hasTrigram(place))) return [0, 0];
    return [parts >>> 0, furtherParts >>> 0];
  }

  #hasTrigram(place: number): boolean {
    return (((this.trigrams[place >> 3] ?? 0) >> (place & 7)) & 1) === 1;
  }
}
