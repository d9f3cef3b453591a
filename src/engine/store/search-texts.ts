// What the texts of a block are made of, and at which positions. A text is cut at quotation marks: in JSON that leaves keys,
// text values, and what is between them. Most come again and again, so that a row costs one look-up for each of them. Only when
// the block is full is each of those that are rare taken apart into words.
// Bytes are kept as they came: what is not ASCII, or has escapes, is read whole and put into lower case first.
import { lowerBytes, lowered, withoutEscapes } from "./search-lower-case.js";
import { Grams } from "./search-grams.js";
import type { TextMemo } from "./search-text-memo.js";
import { TextSet } from "./search-text-set.js";

const [separator, ofWord, quote, special] = [0, 1, 2, 3];

/** What each byte is. */
function kindsOfBytes(isSpecial: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    if (isSpecial(byte)) return special;
    if (byte === 0x22) return quote;
    return byte >= 0x80 || /[A-Za-z0-9_]/.test(String.fromCharCode(byte)) ? ofWord : separator;
  });
}
const plainKinds = kindsOfBytes((byte) => byte >= 0x80);
const jsonKinds = kindsOfBytes((byte) => byte >= 0x80 || byte === 0x5c);
const readKinds = kindsOfBytes(() => false);

const isOfWord = (byte: number): boolean => readKinds[byte] === ofWord;

/** Bodies that were looked at before it is known whether they come again. */
const bodiesTried = 256;

export class BlockTexts {
  /** What is between quotation marks. */
  readonly wholes: TextSet;
  /** Told apart without regard to case. */
  readonly words: TextSet;
  /** Of words that few rows have. */
  readonly grams = new Grams();
  #bodies = 0;
  #newBodies = 0;

  /** `partBits`: how many positions are a part, as a power of two. */
  constructor(readonly partBits: number) {
    this.wholes = new TextSet((bytes, start, end, position) => {
      this.takeApart(bytes, start, end, position);
    });
    this.words = new TextSet((bytes, start, end, position) => {
      this.#addGrams(bytes, start, end, position);
    });
  }

  get isFull(): boolean {
    return this.wholes.isFull || this.words.isFull;
  }

  get hasOverflowed(): boolean {
    return this.wholes.hasOverflowed || this.words.hasOverflowed;
  }

  clear(): void {
    this.wholes.clear();
    this.words.clear();
    this.grams.clear();
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
      return [this.wholes.find(first, second, whole, 0, whole.length)];
    });
  }

  /** A text that is often like no other: then its words are looked up at once. */
  addBody(bytes: Uint8Array, start: number, end: number, position: number): void {
    if (this.#bodies > bodiesTried && 2 * this.#newBodies > this.#bodies) {
      if (!this.#addWords(plainKinds, bytes, start, end, position)) this.#addRead(textOf(bytes, start, end), position);
      return;
    }
    const known = this.wholes.occurred;
    this.add(bytes, start, end, position);
    this.#bodies++;
    if (this.wholes.occurred === known) this.#newBodies++;
  }

  /** Its words become words at the position; only grams of the part where that is when there is but one. */
  takeApart(bytes: Uint8Array, start: number, end: number, position: number): void {
    let from = -1;
    let firstStart = 0;
    let firstEnd = 0;
    let count = 0;
    for (let at = start; at <= end; at++) {
      if (at < end && isOfWord(bytes[at] ?? 0)) {
        if (from < 0) from = at;
      } else if (from >= 0) {
        if (at - from > 2) {
          if (count === 0) {
            firstStart = from;
            firstEnd = at;
          }
          if (count === 1) this.#addWord(bytes, firstStart, firstEnd, position);
          if (count > 0) this.#addWord(bytes, from, at, position);
          count++;
        }
        from = -1;
      }
    }
    if (count === 1) this.#addGrams(bytes, firstStart, firstEnd, position);
  }

  #addGrams(bytes: Uint8Array, start: number, end: number, position: number): void {
    const part = position >>> this.partBits;
    this.grams.addWord(bytes, start, end, part < 32 ? 1 << part : 0, part < 32 ? 0 : 1 << (part - 32));
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
        if (has !== 0) wholes.occur(wholes.meet(first, mixed(second), bytes, from, at, position), position);
        from = at + 1;
        first = second = has = 0;
      }
    }
    if (has !== 0) wholes.occur(wholes.meet(first, mixed(second), bytes, from, end, position), position);
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
        while (at < end && (kinds[bytes[at] ?? 0] ?? 0) < 2) at++;
        if (at === end || bytes[at] === 0x22) {
          this.takeApart(bytes, from, at, position);
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
      const found = has === 0 ? -1 : wholes.meet(first, mixed(second), bytes, from, at, position);
      if (has !== 0 || text >= 0) memo.set(wholes, place, found);
      from = at + 1;
      place++;
    }
    memo.end(wholes, place);
    return true;
  }

  #addWords(kinds: Uint8Array, bytes: Uint8Array, start: number, end: number, position: number): boolean {
    let from = -1;
    for (let at = start; at < end; at++) {
      const kind = kinds[bytes[at] ?? 0] ?? 0;
      if (kind === 1) {
        if (from < 0) from = at;
      } else if (kind === 3) return false;
      else if (from >= 0) {
        if (at - from > 2) this.#addWord(bytes, from, at, position);
        from = -1;
      }
    }
    if (from >= 0 && end - from > 2) this.#addWord(bytes, from, end, position);
    return true;
  }

  /** In whatever case. */
  #addWord(bytes: Uint8Array, start: number, end: number, position: number): void {
    const lower = lowerBytes;
    let first = 0;
    let second = 0;
    for (let at = start; at < end; at++) {
      const byte = lower[bytes[at] ?? 0] ?? 0;
      first = Math.imul(first ^ byte, 0x01000193);
      second = (Math.imul(second, 31) + byte) | 0;
    }
    this.words.occur(this.words.meet(first, mixed(second), bytes, start, end, position), position);
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
