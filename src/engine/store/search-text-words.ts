// Where the words of a text are, and the hashes that tell them apart. Words are letters, digits, "_" and what is beyond ASCII;
// those of one or two bytes are left out.
// Where a word ends cannot be foreseen, and whenever the processor guesses wrong, that costs as much as reading ten bytes. So four
// bytes at a time become bits that say which belong to words, and words are found in these, without a branch for every byte.
import { type WordCounts, leastOften } from "./search-word-counts.js";

/** What a text may end at, or has to be read otherwise because of. */
export const stopsAt = { high: 32, quote: 64, escape: 128 } as const;
const [ofWord, upper] = [1, 16];

/** So many bytes are read at once. */
export const stretchBytes = 2048;

const kinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return ofWord | stopsAt.high;
  if (byte === 0x22) return stopsAt.quote;
  if (byte === 0x5c) return stopsAt.escape;
  const character = String.fromCharCode(byte);
  return (/\w/.test(character) ? ofWord : 0) | (/[A-Z]/.test(character) ? upper : 0);
});
export const isOfWord = (byte: number): boolean => ((kinds[byte] ?? 0) & ofWord) !== 0;

/** Of two bytes, the second one times 256: whether the first and the second are of words, in two bits, and what else is there. */
const pairKinds = new Uint8Array(1 << 16).map((_, pair) => {
  const [first, second] = [kinds[pair & 0xff] ?? 0, kinds[pair >> 8] ?? 0];
  return ((first & ofWord) << 1) | (second & ofWord) | ((first | second) & ~ofWord);
});

/** Of one text at a time: words as they were asked for last. */
export class TextWords {
  /** What places are in, in lower case. */
  bytes: Uint8Array;
  /** How many come seldom, and where each of them begins and ends. */
  seldom = 0;
  readonly places = new Int32Array(stretchBytes / 2);
  /** How many others there are, and of each its two hashes, where it begins, and where it ends. */
  further = 0;
  readonly others = new Int32Array(stretchBytes);
  /** Of each byte whether it is of a word, the first one as the highest bit. Behind the last one 32 more may be anything. */
  readonly #masks = new Int32Array(stretchBytes / 32 + 2);
  readonly #pairKinds = pairKinds;
  readonly #lower = new Int32Array(stretchBytes / 4 + 2);
  readonly #lowerBytes = new Uint8Array(this.#lower.buffer);
  readonly #lowerView = new DataView(this.#lower.buffer);
  readonly #views = new WeakMap<Uint8Array, DataView>();
  #source: Uint8Array = this.#lowerBytes;
  #sourceView: DataView = this.#lowerView;
  /** Of `bytes`. */
  #view = this.#sourceView;
  /** Where the text begins in `bytes`, and how long it is. */
  #offset = 0;
  #length = 0;
  /** What there is in the text, besides words. */
  #kinds = 0;

  constructor() {
    this.bytes = this.#lowerBytes;
  }

  /** Reads a text of at most `stretchBytes` up to one of `stops`, or to its end: where that is. */
  read(bytes: Uint8Array, start: number, end: number, stops: number): number {
    if (bytes !== this.#source) this.#take(bytes);
    const to = this.#readKinds(this.#sourceView, bytes, start | 0, end | 0, stops | 0);
    this.#length = (to - start) | 0;
    // A byte behind the last word is looked at, too.
    if ((this.#kinds & upper) === 0 && to < bytes.length) {
      this.bytes = bytes;
      this.#view = this.#sourceView;
      this.#offset = start | 0;
    } else this.#copyLower(bytes, start, to);
    return to;
  }

  /** Takes a part of a word as a word that comes seldom, whatever its length. */
  readPart(bytes: Uint8Array, start: number, end: number): void {
    if (bytes !== this.#source) this.#take(bytes);
    this.#copyLower(bytes, start, end);
    this.places[0] = 0;
    this.places[1] = end - start;
    this.seldom = 1;
  }

  /** Texts of a few columns come in turns. */
  #take(bytes: Uint8Array): void {
    let view = this.#views.get(bytes);
    if (view === undefined) {
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#views.set(bytes, view);
    }
    this.#source = bytes;
    this.#sourceView = view;
  }

  #readKinds(view: DataView, bytes: Uint8Array, start: number, end: number, stops: number): number {
    const masks = this.#masks;
    const ofPairs = this.#pairKinds;
    let all = 0;
    let mask = 0;
    let at = start;
    let index = 0;
    reading: for (const last = (end - 32) | 0; at <= last; index = (index + 1) | 0) {
      for (const to = (at + 32) | 0; at < to; at = (at + 4) | 0) {
        const four = view.getInt32(at, true);
        const front = ofPairs[four & 0xffff] ?? 0;
        const back = ofPairs[four >>> 16] ?? 0;
        if (((front | back) & stops) !== 0) break reading;
        all |= front | back;
        mask = (mask << 4) | ((front & 3) << 2) | (back & 3);
      }
      masks[index] = mask;
    }
    for (const last = (end - 4) | 0; at <= last; at = (at + 4) | 0) {
      const four = view.getInt32(at, true);
      const front = ofPairs[four & 0xffff] ?? 0;
      const back = ofPairs[four >>> 16] ?? 0;
      if (((front | back) & stops) !== 0) break;
      all |= front | back;
      mask = (mask << 4) | ((front & 3) << 2) | (back & 3);
    }
    // Of two bytes, the second one 0.
    for (let kind = 0; at < end && ((kind = ofPairs[bytes[at] ?? 0] ?? 0) & stops) === 0; at = (at + 1) | 0) {
      all |= kind;
      mask = (mask << 1) | ((kind >> 1) & 1);
    }
    const left = (at - start) & 31;
    masks[index] = left === 0 ? 0 : mask << (32 - left);
    this.#kinds = all;
    return at;
  }

  /** Whether there is one word at most: that is seldom then. */
  isAlone(): boolean {
    const masks = this.#masks;
    const places = this.places;
    const last = this.#length >> 5;
    let before = 0;
    let mask = masks[0] ?? 0;
    this.seldom = 0;
    for (let index = 0; index <= last; index++) {
      const next = masks[index + 1] ?? 0;
      const starts =
        mask & ~((mask >>> 1) | (before << 31)) & ((mask << 1) | (next >>> 31)) & ((mask << 2) | (next >>> 30));
      if (starts !== 0) {
        if (this.seldom > 0 || (starts & (starts - 1)) !== 0) return false;
        const place = Math.clz32(starts);
        const separators = ~((mask << place) | ((next >>> 1) >>> (31 - place)));
        const start = ((index << 5) + place) | 0;
        places[0] = this.#offset + start;
        places[1] = this.#offset + start + (separators === 0 ? this.#lengthFrom(start) : Math.clz32(separators));
        this.seldom = 1;
      }
      before = mask;
      mask = next;
    }
    return true;
  }

  /** Finds and counts words: those that come seldom, and the others. */
  divide(counts: WordCounts): void {
    const { places, others } = this;
    const masks = this.#masks;
    const view = this.#view;
    const cells = counts.cells;
    const most = leastOften - 1;
    const last = this.#length >> 5;
    let seldom = 0;
    let further = 0;
    let before = 0;
    let mask = masks[0] ?? 0;
    let base = this.#offset | 0;
    for (let index = 0; index <= last; index++) {
      const next = masks[index + 1] ?? 0;
      // Where something else is before three bytes of a word.
      let starts =
        mask & ~((mask >>> 1) | (before << 31)) & ((mask << 1) | (next >>> 31)) & ((mask << 2) | (next >>> 30));
      while (starts !== 0) {
        const place = Math.clz32(starts);
        starts &= 0x7fffffff >>> place;
        const separators = ~((mask << place) | ((next >>> 1) >>> (31 - place)));
        const start = (base + place) | 0;
        const length = separators === 0 ? this.#lengthFrom((index << 5) + place) : Math.clz32(separators);
        const end = (start + length) | 0;
        // The first and the last four bytes; of three what is behind them is cut off.
        const isThree = (length - 4) >>> 31;
        const cut = -1 >>> (isThree << 3);
        const rest = (end - 4) | 0;
        const front = view.getInt32(start, true) & cut;
        const back = view.getInt32((rest + isThree) | 0, true) & cut;
        const ofLength = Math.imul(length, 0x61c88647);
        let second = Math.imul(front ^ ofLength, 0x9e3779b1);
        for (let at = (start + 4) | 0; at < rest; at = (at + 4) | 0)
          second = Math.imul(second ^ (second >>> 15) ^ view.getInt32(at, true), 0x85ebca6b);
        second = Math.imul(second ^ (second >>> 13) ^ back, 0xc2b2ae35);
        second ^= second >>> 15;
        const cell = (second ^ (second >>> 16)) & 0xffff;
        const count = cells[cell] ?? 0;
        if (count < most) {
          cells[cell] = count + 1;
          places[seldom] = start;
          places[(seldom + 1) | 0] = end;
          seldom = (seldom + 2) | 0;
        } else {
          let first = Math.imul(back ^ ofLength, 0x2c1b3c6d);
          for (let at = (start + 4) | 0; at < rest; at = (at + 4) | 0)
            first = Math.imul((first ^ (first >>> 14)) + view.getInt32(at, true), 0x297a2d39);
          first = Math.imul((first ^ (first >>> 15)) + front, 0x27d4eb2f);
          others[further] = first ^ (first >>> 12);
          others[(further + 1) | 0] = second;
          others[(further + 2) | 0] = start;
          others[(further + 3) | 0] = end;
          further = (further + 4) | 0;
        }
      }
      before = mask;
      mask = next;
      base = (base + 32) | 0;
    }
    this.seldom = seldom >> 1;
    this.further = further >> 2;
    counts.counted(this.seldom);
  }

  /** Of a word of 32 bytes or more. */
  #lengthFrom(start: number): number {
    const masks = this.#masks;
    let at = start;
    while ((((masks[at >> 5] ?? 0) << (at & 31)) & 0x80000000) !== 0) at++;
    return at - start;
  }

  /** Of what is between words some may become something else. */
  #copyLower(bytes: Uint8Array, start: number, end: number): void {
    const view = this.#sourceView;
    const lower = this.#lower;
    const fours = (end - start) >> 2;
    let at = start | 0;
    for (let index = 0; index < fours; index++) {
      lower[index] = inLowerCase(view.getInt32(at, true));
      at = (at + 4) | 0;
    }
    let four = 0;
    for (let last = end - 1; last >= at; last--) four = (four << 8) | (bytes[last] ?? 0);
    lower[fours] = inLowerCase(four);
    this.bytes = this.#lowerBytes;
    this.#view = this.#lowerView;
    this.#offset = 0;
  }
}

/** Four bytes, where letters stand for themselves: what lies from "@" to "Z" gets one more bit. */
function inLowerCase(four: number): number {
  const above = (four & 0x7f7f7f7f) + 0x05050505;
  return four | ((four & ~((above << 1) | (four >>> 1)) & 0x40404040) >>> 1);
}
