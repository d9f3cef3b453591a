// Which short stretches of bytes the texts of a block have, as bits: every three, six and eight bytes within a word, each by
// its hash. A text that has a word as a part of one of its own has all the grams of that word; where a bit is missing
// no text of the block has it. Words are letters, digits, "_" and everything beyond ASCII, in lower case, as DuckDB's lower()
// makes it: what is between them is left out.
// In JSON an escape stands for its character.

const trigramBits = 1 << 16;
const shardCount = 64;
const shardBits = 1 << 14;
export const trigramByteCount = trigramBits / 8;
const gramBits = shardCount * shardBits;
/** With more bits set than that, further rows go into the next block. */
const fullAt = gramBits / 4;
/** A shard is folded in two as long as that leaves fewer bits set than one in so many. */
const sparse = 5;
const leastShardBits = 512;
/** In bytes. */
export const shardSizes = [64, 128, 256, 512, 1024, 2048];

/** The longest gram. */
const mostGramBytes = 8;
const mostAtOnce = 256;
/** Words that were seen in the block, told apart by 64 bits: their grams are there. */
const seenCount = 8192;

const [separator, special, leastOfWord] = [0, 1, 2];
const backslash = 0x5c;

/** Of each byte: itself in lower case when it is of a word, else `separator`; or `special`: the text has to be read whole. */
function bytesOfWords(isSpecial: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => {
    if (isSpecial(byte)) return special;
    if (byte >= 0x80) return byte;
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9_]/.test(character) ? character.toLowerCase().charCodeAt(0) : separator;
  });
}
const plainBytes = bytesOfWords((byte) => byte >= 0x80);
const jsonBytes = bytesOfWords((byte) => byte >= 0x80 || byte === backslash);
const readBytes = bytesOfWords(() => false);

/** Character by character as DuckDB's lower() has it, which knows no Greek word endings and no dots of their own. */
export const lowered = (text: string): string =>
  text.replaceAll("\u0130", "i").replaceAll("\u03a3", "\u03c3").toLowerCase();

const oneEscape = /\\(?:u([0-9a-fA-F]{4})|(.))/gs;
const characters = new Map(Object.entries({ b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }));

/** JSON text in which each escape stands for its character. */
export const withoutEscapes = (json: string): string =>
  json.replace(oneEscape, (_, code: string | undefined, letter: string | undefined) =>
    code === undefined
      ? (characters.get(letter ?? "") ?? letter ?? "")
      : String.fromCharCode(Number.parseInt(code, 16)),
  );

/** Where the bit of a gram is that ends with these bytes: above the shard, below the place in it. */
const hashOf = (low: number, high: number): number => {
  const mixed = Math.imul(low, 0x9e3779b1) + Math.imul(high, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 12;
};
const hashOfSix = (low: number, high: number): number => hashOf(low, high & 0xffff);
const hashOfEight = (low: number, high: number): number => hashOf(low, ~high);
const trigramHash = (low: number): number => Math.imul(low & 0xffffff, 0x9e3779b1) >>> 16;

let filters = 0;

/** Bits of one block. */
export class GramFilter {
  readonly trigrams = new Uint32Array(trigramBits / 32);
  readonly grams = new Uint32Array(gramBits / 32);
  /** Different for every filter, and for one whose block goes on after a commit failed. */
  stamp = ++filters;
  #set = 0;

  get isFull(): boolean {
    return this.#set > fullAt;
  }

  renew(): void {
    this.stamp = ++filters;
  }

  /** All grams of the first `used` bytes of `word`. */
  addWord(word: Uint8Array, used: number): void {
    const { grams, trigrams } = this;
    let [low, high, set] = [0, 0, 0];
    for (let at = 0; at < used; at++) {
      high = (high << 8) | (low >>> 24);
      low = (low << 8) | (word[at] ?? 0);
      if (at < 2) continue;
      const three = trigramHash(low);
      trigrams[three >> 5] = (trigrams[three >> 5] ?? 0) | (1 << (three & 31));
      if (at < 5) continue;
      set += addBit(grams, hashOfSix(low, high));
      if (at >= 7) set += addBit(grams, hashOfEight(low, high));
    }
    this.#set += set;
  }

  trigramBytes(): Uint8Array {
    return bytesOf(this.trigrams);
  }

  /** The bits of each shard, as few as make sense for how many are set. */
  shards(): Uint8Array[] {
    let bits = shardBits;
    while (bits > leastShardBits && this.#set * sparse < (shardCount * bits) / 2) bits /= 2;
    return Array.from({ length: shardCount }, (_, shard) => {
      const whole = this.grams.subarray((shard * shardBits) / 32, ((shard + 1) * shardBits) / 32);
      const folded = new Uint32Array(bits / 32);
      for (let at = 0; at < whole.length; at++) {
        const to = at & (folded.length - 1);
        folded[to] = (folded[to] ?? 0) | (whole[at] ?? 0);
      }
      return bytesOf(folded);
    });
  }
}

/** How many bits more are set: one or none. */
function addBit(bits: Uint32Array, at: number): number {
  const word = bits[at >> 5] ?? 0;
  const bit = 1 << (at & 31);
  bits[at >> 5] = word | bit;
  return (word & bit) === 0 ? 1 : 0;
}

const bytesOf = (words: Uint32Array<ArrayBuffer>): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength).slice();

/** Takes texts apart. */
export class Grams {
  readonly #word = new Uint8Array(mostAtOnce);
  readonly #seenFirst = new Int32Array(seenCount);
  readonly #seenSecond = new Int32Array(seenCount);
  readonly #seenIn = new Int32Array(seenCount);

  /** A text in UTF-8. */
  add(filter: GramFilter, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#add(filter, plainBytes, bytes, start, end)) this.#addRead(filter, textOf(bytes, start, end));
  }

  /** JSON in UTF-8. */
  addJson(filter: GramFilter, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#add(filter, jsonBytes, bytes, start, end))
      this.#addRead(filter, withoutEscapes(textOf(bytes, start, end)));
  }

  #addRead(filter: GramFilter, text: string): void {
    const bytes = Buffer.from(lowered(text));
    this.#add(filter, readBytes, bytes, 0, bytes.length);
  }

  /** False when there is a byte that this table does not know. */
  #add(filter: GramFilter, table: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
    // Loops read what is outside of their function more slowly.
    const [word, least, most, unread] = [this.#word, leastOfWord, mostAtOnce, special];
    let [used, first, second] = [0, 0, 0];
    for (let at = start; at < end; at++) {
      const byte = table[bytes[at] ?? 0] ?? 0;
      if (byte >= least) {
        if (used === most) {
          filter.addWord(word, used);
          // Those of the next stretch begin within this one.
          word.copyWithin(0, used - mostGramBytes + 1);
          used = mostGramBytes - 1;
        }
        word[used++] = byte;
        first = Math.imul(first ^ byte, 0x01000193);
        second = Math.imul(second ^ byte, 0x85ebca6b);
      } else if (byte === unread) return false;
      else if (used > 0) {
        if (used > 2) this.#end(filter, used, first, second);
        used = first = second = 0;
      }
    }
    if (used > 2) this.#end(filter, used, first, second);
    return true;
  }

  #end(filter: GramFilter, used: number, first: number, second: number): void {
    const slot = (first ^ (first >>> 15)) & (seenCount - 1);
    if (this.#seenFirst[slot] === first && this.#seenSecond[slot] === second && this.#seenIn[slot] === filter.stamp)
      return;
    this.#seenFirst[slot] = first;
    this.#seenSecond[slot] = second;
    this.#seenIn[slot] = filter.stamp;
    filter.addWord(this.#word, used);
  }
}

const textOf = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("utf8");

/** Where the bits are that a text with some needle in it has to have; none where its words are short. */
export interface NeededBits {
  readonly trigrams: readonly number[];
  readonly sixes: readonly Place[];
  readonly eights: readonly Place[];
}

export interface Place {
  readonly shard: number;
  readonly place: number;
}

export function bitsNeeded(needle: string): NeededBits {
  const [trigrams, sixes, eights] = [new Set<number>(), new Set<number>(), new Set<number>()];
  let [used, low, high] = [0, 0, 0];
  for (const each of Buffer.from(lowered(needle))) {
    const byte = readBytes[each] ?? 0;
    used = byte === separator ? 0 : used + 1;
    high = (high << 8) | (low >>> 24);
    low = (low << 8) | byte;
    if (used >= 8) eights.add(hashOfEight(low, high));
    if (used >= 6) sixes.add(hashOfSix(low, high));
    if (used >= 3) trigrams.add(trigramHash(low));
  }
  return { trigrams: [...trigrams], sixes: [...sixes].map(placeOf), eights: [...eights].map(placeOf) };
}

const placeOf = (hash: number): Place => ({ shard: Math.floor(hash / shardBits), place: hash % shardBits });

/** Whether the bit at `place` of these bits, which may be folded, is not set: in SQL, which counts bits of a byte from the left. */
export function isWithout(bits: string, place: number): string {
  const [byte, bit] = [Math.floor(place / 8), 7 - (place % 8)];
  return `get_bit(${bits}::BIT, (${byte} % octet_length(${bits}) * 8 + ${bit})::INTEGER) = 0`;
}
