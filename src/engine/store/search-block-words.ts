// The words of a block's texts, told apart without regard to case: of those that come often all positions, of others grams.
// Words are looked for in stretches, each of which ends between two words.
import { Grams, mostInGram } from "./search-grams.js";
import { TextSet } from "./search-text-set.js";
import { TextWords, isOfWord, stopsAt, stretchBytes } from "./search-text-words.js";
import { WordCounts } from "./search-word-counts.js";

/** What a text ends at, or has to be read otherwise because of: a plain one, JSON, and one that was read. */
export const [plainStops, jsonStops, noStops] = [stopsAt.high, stopsAt.high | stopsAt.escape | stopsAt.quote, 0];
/** It has to be read otherwise. */
const atSpecial = -1;

/** A word of so many positions is likely to come in the next block, too. */
const oftenInBlock = 16;

export class BlockWords {
  readonly words = new TextSet();
  /** Of words that few rows have. */
  readonly grams = new Grams();
  readonly #counts = new WordCounts();
  readonly #found = new TextWords();

  /** `partBits`: how many positions are a part, as a power of two. */
  constructor(readonly partBits: number) {}

  /**
   * What comes next is another block's. Words that came often are learned already: until a word is, it is a gram of the part
   * where it is, and words that came often would all be in the first parts of each block.
   */
  clear(): void {
    this.words.clearButOften(oftenInBlock);
    this.grams.clear();
    this.#counts.clear();
    for (const hash of this.words.hashes()) this.#counts.learned(hash);
  }

  /** Of a text up to one of `stops`: where this is, or less than 0 where it has to be read otherwise. A word that is alone in its text is rare as the text is. */
  add(stops: number, bytes: Uint8Array, start: number, end: number, position: number): number {
    const found = this.#found;
    let from = start;
    for (;;) {
      const to = end - from <= stretchBytes ? end : beforeWord(bytes, from, from + stretchBytes);
      if (to === from && from < end) {
        from = this.#addLongWord(stops, bytes, from, end, position);
        if (from === atSpecial) return atSpecial;
        continue;
      }
      const at = found.read(bytes, from, to, stops);
      if (at < to && bytes[at] !== 0x22) return atSpecial;
      const isOver = at < to || to === end;
      if (!(isOver && from === start && found.isAlone())) this.#findWords(position);
      this.grams.addWords(found.bytes, found.places, found.seldom, position >>> this.partBits);
      if (isOver) return at;
      from = to;
    }
  }

  /** Those that are known are noted, the others are seldom. */
  #findWords(position: number): void {
    const found = this.#found;
    const { words } = this;
    const counts = this.#counts;
    found.divide(counts);
    const { bytes, others, places } = found;
    const last = 4 * found.further;
    let rare = 2 * found.seldom;
    for (let at = 0; at < last; at = (at + 4) | 0) {
      const first = others[at] ?? 0;
      const second = others[at + 1] ?? 0;
      let word = words.find(first, second);
      if (word < 0) {
        const start = others[at + 2] ?? 0;
        const end = others[at + 3] ?? 0;
        if (!counts.isOften(second)) {
          places[rare] = start;
          places[rare + 1] = end;
          rare = (rare + 2) | 0;
          continue;
        }
        word = words.learn(first, second, bytes, start, end);
      }
      words.occur(word, position);
    }
    found.seldom = rare >> 1;
  }

  /** One that is longer than what is read at once, and has no like: where it ends, or `atSpecial`. */
  #addLongWord(stops: number, bytes: Uint8Array, start: number, end: number, position: number): number {
    let after = start;
    for (let byte = 0; after < end && isOfWord((byte = bytes[after] ?? 0)); after++)
      if (byte >= 0x80 && stops !== 0) return atSpecial;
    const found = this.#found;
    for (let from = start; from < after; from += stretchBytes - mostInGram + 1) {
      found.readPart(bytes, from, Math.min(after, from + stretchBytes));
      this.grams.addWords(found.bytes, found.places, found.seldom, position >>> this.partBits);
    }
    return after;
  }
}

/** `end`, or where the word begins that goes on there. */
function beforeWord(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && isOfWord(bytes[at - 1] ?? 0)) at--;
  return at;
}
