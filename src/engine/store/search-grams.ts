// Which short stretches of bytes the rare words of a block have, and in which of the 64 parts of the block: for every five
// bytes within a word a cell, by their hash, with one bit a part; likewise for every four letters, which words of four letters
// are looked for by, in cells of their own; and one bit for every three bytes, of the block as a whole.
// A word that has another one as a part has all of its grams: where a bit is missing no rare word of that part has it. Words are
// letters, digits, "_" and everything beyond ASCII, in lower case, as DuckDB's lower() makes it: what is between is left out.
import { bitsIn } from "./search-positions.js";
import { lowered } from "./search-lower-case.js";

const trigramBits = 1 << 16;
export const trigramByteCount = trigramBits / 8;

/** A cell is two words of 32 parts each. */
export const partCount = 64;
const shardCount = 128;
const cellsPerShard = 256;
const cellBits = 15;
/** Of four letters, behind the others. */
const [fourShardCount, fourCellBits] = [32, 13];
/** Of a word that is no longer the five bytes it has tell too little: it is looked for by its four letters, too. */
const mostOfFours = 6;
export const bytesPerCell = 8;
/** Bytes of the longest. */
export const mostInGram = 5;
/** A shard is folded in two as long as that leaves fewer bits set than one in so many. */
const sparse = 8;
const leastCellsPerShard = 8;
/** In bytes. */
export const shardSizes = [64, 128, 256, 512, 1024, 2048];

/** Of five bytes: the first one, and the others as one number. */
const cellHash = (first: number, four: number): number => {
  const mixed = Math.imul(four ^ (four >>> 15), 0x9e3779b1) + Math.imul(first, 0x2c1b3c6d);
  return Math.imul(mixed ^ (mixed >>> 13), 0x85ebca6b) >>> (32 - cellBits);
};
const fourHash = (four: number): number => Math.imul(four ^ (four >>> 15), 0x9e3779b1) >>> (32 - fourCellBits);
const trigramHash = (three: number): number => Math.imul(three & 0xffffff, 0x9e3779b1) >>> 16;

/** Whether four bytes in lower case are letters, or beyond ASCII. Ids and numbers would fill the cells, and few look for four digits. */
const isFourLetters = (four: number): boolean =>
  ((four | ((four << 1) & (four << 2))) & 0x80808080) === (0x80808080 | 0);

/** How many positions are a part, of so many positions: as a power of two. */
export function partBits(positions: number): number {
  let bits = 0;
  while ((positions - 1) >>> bits >= partCount) bits++;
  return bits;
}

/** Of one block at a time. */
export class Grams {
  readonly #trigrams = new Uint32Array(trigramBits / 32);
  readonly #cells = new Uint32Array(shardCount * cellsPerShard * 2);
  readonly #fours = new Uint32Array(fourShardCount * cellsPerShard * 2);
  /** Of one word. */
  readonly #place = new Int32Array(2);

  clear(): void {
    this.#trigrams.fill(0);
    this.#cells.fill(0);
    this.#fours.fill(0);
  }

  /** Of one word in lower case, which is in the parts whose bits are set, the first 32 and the others. */
  addWord(bytes: Uint8Array, start: number, end: number, parts: number, furtherParts: number): void {
    if (end - start < 3) return;
    const places = this.#place;
    places[0] = start;
    places[1] = end;
    if (parts !== 0) this.#add(bytes, places, 1, 0, parts);
    if (furtherParts !== 0) this.#add(bytes, places, 1, 1, furtherParts);
  }

  /** Of words in lower case of three bytes or more, which begin and end at `places`, in a part. */
  addWords(bytes: Uint8Array, places: Int32Array, count: number, part: number): void {
    this.#add(bytes, places, count, part >> 5, 1 << (part & 31));
  }

  /** Hashes are those above, written out: calls of functions would cost more than what they do. */
  #add(bytes: Uint8Array, places: Int32Array, count: number, half: number, parts: number): void {
    const cells = this.#cells;
    const fours = this.#fours;
    const trigrams = this.#trigrams;
    for (let word = 0; word < count; word++) {
      const end = places[2 * word + 1] ?? 0;
      let at = places[2 * word] ?? 0;
      let low = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      let three = Math.imul(low, 0x9e3779b1) >>> 16;
      trigrams[three >> 5] = (trigrams[three >> 5] ?? 0) | (1 << (three & 31));
      at = (at + 3) | 0;
      if (at === end) continue;
      low = (low << 8) | (bytes[at] ?? 0);
      three = Math.imul(low & 0xffffff, 0x9e3779b1) >>> 16;
      trigrams[three >> 5] = (trigrams[three >> 5] ?? 0) | (1 << (three & 31));
      if (((low | ((low << 1) & (low << 2))) & 0x80808080) === -0x7f7f7f80) {
        const four = 2 * fourHash(low) + half;
        fours[four] = (fours[four] ?? 0) | parts;
      }
      at = (at + 1) | 0;
      for (; at < end; at = (at + 1) | 0) {
        const first = low >>> 24;
        low = (low << 8) | (bytes[at] ?? 0);
        three = Math.imul(low & 0xffffff, 0x9e3779b1) >>> 16;
        trigrams[three >> 5] = (trigrams[three >> 5] ?? 0) | (1 << (three & 31));
        const mixed = Math.imul(low ^ (low >>> 15), 0x9e3779b1);
        if (((low | ((low << 1) & (low << 2))) & 0x80808080) === -0x7f7f7f80) {
          const four = 2 * (mixed >>> (32 - fourCellBits)) + half;
          fours[four] = (fours[four] ?? 0) | parts;
        }
        const five = (mixed + Math.imul(first, 0x2c1b3c6d)) | 0;
        const cell = 2 * (Math.imul(five ^ (five >>> 13), 0x85ebca6b) >>> (32 - cellBits)) + half;
        cells[cell] = (cells[cell] ?? 0) | parts;
      }
    }
  }

  trigramBytes(): Uint8Array {
    return bytesOf(this.#trigrams);
  }

  /** The cells of each shard, as few as make sense for how many bits are set. */
  shards(): Uint8Array[] {
    return [...folded(this.#cells), ...folded(this.#fours)];
  }
}

function folded(all: Uint32Array): Uint8Array[] {
  const shards = all.length / (cellsPerShard * 2);
  let set = 0;
  for (let at = 0; at < all.length; at++) set += bitsIn(all[at] ?? 0);
  let cells = cellsPerShard;
  while (cells > leastCellsPerShard && set * sparse < (shards * cells * partCount) / 2) cells /= 2;
  return Array.from({ length: shards }, (_, shard) => {
    const whole = all.subarray(shard * cellsPerShard * 2, (shard + 1) * cellsPerShard * 2);
    const few = new Uint32Array(cells * 2);
    for (let at = 0; at < whole.length; at++) {
      const to = at & (few.length - 1);
      few[to] = (few[to] ?? 0) | (whole[at] ?? 0);
    }
    return bytesOf(few);
  });
}

const bytesOf = (words: Uint32Array<ArrayBuffer>): Uint8Array =>
  new Uint8Array(words.buffer, words.byteOffset, words.byteLength).slice();

export interface Cell {
  readonly shard: number;
  readonly cell: number;
}

/** What rare words with this one as a part have; nothing where it is short. */
export interface NeededGrams {
  readonly trigrams: readonly number[];
  /** Of four letters some that not every block has. */
  readonly cells: readonly Cell[];
}

/** Of one word in lower case. */
export function gramsNeeded(word: string): NeededGrams {
  const [trigrams, hashes] = [new Set<number>(), new Set<number>()];
  const bytes = Buffer.from(word);
  let low = 0;
  for (const [at, byte] of bytes.entries()) {
    const first = low >>> 24;
    low = (low << 8) | byte;
    if (at >= 2) trigrams.add(trigramHash(low));
    if (at >= 4) hashes.add(cellHash(first, low));
    if (at >= 3 && bytes.length <= mostOfFours && isFourLetters(low))
      hashes.add(shardCount * cellsPerShard + fourHash(low));
  }
  const cells = [...hashes].map((hash) => ({ shard: Math.floor(hash / cellsPerShard), cell: hash % cellsPerShard }));
  return { trigrams: [...trigrams], cells };
}

/** The words of a text as they are looked for, those of one or two bytes left out. */
export const wordsIn = (text: string): string[] =>
  (lowered(text).match(/[a-z0-9_\u0080-\u{10ffff}]+/gu) ?? []).filter((word) => Buffer.byteLength(word) > 2);

/** The bytes of a cell of these bits, which may be folded, in SQL. */
export const cellIn = (bits: string, cell: string): string => {
  const place = `(${cell} % (octet_length(${bits}) // ${bytesPerCell})) * ${bytesPerCell}`;
  return `array_slice(${bits}, ${place} + 1, ${place} + ${bytesPerCell})`;
};

/** Whether the bit at `place` is not set: in SQL, which counts bits of a byte from the left. */
export function isWithout(bits: string, place: number): string {
  return `get_bit(${bits}::BIT, ${Math.floor(place / 8) * 8 + 7 - (place % 8)}) = 0`;
}

/** The parts of the cell that begins at a byte, the first 32 and the others. */
export const partsFrom = (cells: Uint8Array, at = 0): readonly [number, number] => [
  wordFrom(cells, at),
  wordFrom(cells, at + 4),
];
const wordFrom = (cell: Uint8Array, at: number): number =>
  ((cell[at] ?? 0) | ((cell[at + 1] ?? 0) << 8) | ((cell[at + 2] ?? 0) << 16) | ((cell[at + 3] ?? 0) << 24)) >>> 0;
