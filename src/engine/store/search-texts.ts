// What the texts of a block are made of, and at which positions. A text is cut at quotation marks: in JSON that leaves keys,
// text values, and what is between them. Most come again and again, so that a row costs one look-up for each of them. Only when
// the block is full is each of those that are rare taken apart into words.
// Bytes are kept as they came: what is not ASCII, or has escapes, is read whole and put into lower case first.
import { BlockWords, jsonStops, noStops, plainStops } from "./search-block-words.js";
import type { Grams } from "./search-grams.js";
import { lowered, withoutEscapes } from "./search-lower-case.js";
import type { TextMemo } from "./search-text-memo.js";
import { MetTexts } from "./search-met-texts.js";
import { TextSet } from "./search-text-set.js";
import { isOfWord } from "./search-text-words.js";

const [separator, ofWord, quote, special] = [0, 1, 2, 3];

/** What each byte is. */
function kindsOfBytes(isSpecial: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    if (isSpecial(byte)) return special;
    if (byte === 0x22) return quote;
    return isOfWord(byte) ? ofWord : separator;
  });
}
const plainKinds = kindsOfBytes((byte) => byte >= 0x80);
const jsonKinds = kindsOfBytes((byte) => byte >= 0x80 || byte === 0x5c);
const readKinds = kindsOfBytes(() => false);

/** Bodies that were looked at before it is known whether they come again. */
const bodiesTried = 256;

export class BlockTexts {
  /** What is between quotation marks. */
  readonly wholes = new TextSet();
  /** Told apart without regard to case. */
  readonly words: TextSet;
  /** Of words that few rows have. */
  readonly grams: Grams;
  readonly #words: BlockWords;
  readonly #met: MetTexts;
  #bodies = 0;
  #newBodies = 0;

  /** `partBits`: how many positions are a part, as a power of two. */
  constructor(readonly partBits: number) {
    this.#words = new BlockWords(partBits);
    [this.words, this.grams] = [this.#words.words, this.#words.grams];
    this.#met = new MetTexts((bytes, start, end, position) => {
      this.takeApart(bytes, start, end, position);
    });
  }

  get isFull(): boolean {
    return this.wholes.isFull || this.words.isFull;
  }

  get hasOverflowed(): boolean {
    return this.wholes.hasOverflowed || this.words.hasOverflowed;
  }

  /** What comes next is another block's. */
  clear(): void {
    this.wholes.clear();
    this.#words.clear();
    this.#met.clear();
    this.#bodies = this.#newBodies = 0;
  }

  /** A text in UTF-8. */
  add(bytes: Uint8Array, start: number, end: number, position: number): void {
    if (!this.#addWholes(plainKinds, bytes, start, end, position)) this.#addRead(textOf(bytes, start, end), position);
  }

  /** JSON in UTF-8. `memo` is of rows that are alike. */
  addJson(bytes: Uint8Array, start: number, end: number, position: number, memo: TextMemo): void {
    memo.begin(position);
    if (!this.#addLike(memo, bytes, start, end, position))
      this.#addRead(withoutEscapes(textOf(bytes, start, end)), position);
  }

  /** What a text in UTF-8 is made of, wherever it occurs. */
  learn(bytes: Uint8Array): readonly number[] {
    const text = lowered(textOf(bytes, 0, bytes.length));
    return text.split('"').flatMap((part) => {
      const whole = Buffer.from(part);
      if (!whole.some(isOfWord)) return [];
      const [first, second] = hashOf(whole);
      const known = this.wholes.find(first, second);
      return [known >= 0 ? known : this.wholes.learn(first, second, whole, 0, whole.length)];
    });
  }

  /** A text that is often like no other: then its words are looked up at once. */
  addBody(bytes: Uint8Array, start: number, end: number, position: number): void {
    if (this.#bodies > bodiesTried && 2 * this.#newBodies > this.#bodies) {
      if (this.#words.add(plainStops, bytes, start, end, position) < 0)
        this.#addRead(textOf(bytes, start, end), position);
      return;
    }
    const known = this.wholes.occurred;
    this.add(bytes, start, end, position);
    this.#bodies++;
    if (this.wholes.occurred === known) this.#newBodies++;
  }

  /** No more texts come. */
  end(): void {
    this.#met.giveAwayAll();
  }

  /** Its words become words at the position. */
  takeApart(bytes: Uint8Array, start: number, end: number, position: number): void {
    this.#words.add(noStops, bytes, start, end, position);
  }

  #addRead(text: string, position: number): void {
    const bytes = Buffer.from(lowered(text));
    this.#addWholes(readKinds, bytes, 0, bytes.length, position);
  }

  /** False when there is a byte that has to be read otherwise. What has no letter and no digit is left out. */
  #addWholes(kinds: Uint8Array, bytes: Uint8Array, start: number, end: number, position: number): boolean {
    const { wholes } = this;
    let from = start;
    let first = 0;
    let second = 0;
    let has = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      const kind = kinds[byte] ?? 0;
      if (kind < 2) {
        first = Math.imul(first ^ byte, 0x01000193);
        second = (Math.imul(second, 31) + byte) | 0;
        has |= kind;
      } else if (kind === 3) return false;
      else {
        if (has !== 0) wholes.occur(this.#meet(first, mixed(second), bytes, from, at, position), position);
        from = at + 1;
        first = second = has = 0;
      }
    }
    if (has !== 0) wholes.occur(this.#meet(first, mixed(second), bytes, from, end, position), position);
    return true;
  }

  /** What is the same as in the row before need not be looked up. False when it has to be read otherwise. */
  #addLike(memo: TextMemo, bytes: Uint8Array, start: number, end: number, position: number): boolean {
    const { wholes } = this;
    // Destructuring would cost more than the rest here.
    const kinds = jsonKinds;
    const texts = memo.texts;
    let place = 0;
    let from = start;
    while (from < end) {
      const text = texts[place] ?? -1;
      if (text >= 0) {
        const known = wholes.bytes;
        const knownEnd = wholes.ends[text] ?? 0;
        let same = wholes.starts[text] ?? 0;
        let at = from;
        while (same < knownEnd && at < end && bytes[at] === known[same]) {
          at++;
          same++;
        }
        if (same === knownEnd && (at === end || bytes[at] === 0x22)) {
          from = at + 1;
          place++;
          continue;
        }
      }
      let at = from;
      if (memo.isAlwaysNew(place)) {
        at = this.#words.add(jsonStops, bytes, from, end, position);
        if (at >= 0) {
          from = at + 1;
          place++;
          continue;
        }
        at = from;
      }
      let first = 0;
      let second = 0;
      let has = 0;
      for (; at < end; at++) {
        const byte = bytes[at] ?? 0;
        const kind = kinds[byte] ?? 0;
        if (kind > 1) break;
        first = Math.imul(first ^ byte, 0x01000193);
        second = (Math.imul(second, 31) + byte) | 0;
        has |= kind;
      }
      if (at < end && bytes[at] !== 0x22) {
        memo.end(wholes, 0);
        return false;
      }
      // What has no letter and no digit is left out.
      const found = has === 0 ? -1 : this.#meet(first, mixed(second), bytes, from, at, position);
      if (has !== 0 || text >= 0) memo.set(wholes, place, found);
      from = at + 1;
      place++;
    }
    memo.end(wholes, place);
    return true;
  }

  /** A text that comes again soon is learned, others are taken apart. */
  #meet(first: number, second: number, bytes: Uint8Array, start: number, end: number, position: number): number {
    const { wholes } = this;
    const known = wholes.find(first, second);
    if (known >= 0) return known;
    const before = this.#met.meet(first, second, bytes, start, end, position);
    if (before < 0) return -1;
    const text = wholes.learn(first, second, bytes, start, end);
    wholes.occur(text, before);
    return text;
  }
}

function hashOf(bytes: Uint8Array): readonly [first: number, second: number] {
  let first = 0;
  let second = 0;
  for (const byte of bytes) {
    first = Math.imul(first ^ byte, 0x01000193);
    second = (Math.imul(second, 31) + byte) | 0;
  }
  return [first, mixed(second)];
}

const mixed = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);

const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");
