// Different texts as bytes, and at which positions of a block they occur.
import { copyInto } from "./copy-into.js";
import { type Positions, noPositions } from "./search-positions.js";

/** Told apart by 17 bits, and positions by 14. */
const [mostTexts, positionBits] = [1 << 17, 14];
const mostPositions = 2 ** positionBits - 1;
const mostOccurrences = 1 << 21;
const mostBytes = 8 * 1024 * 1024;
const mostOften = 2048;

/** Where it can be: positions one after the other. */
export interface RowPositions {
  readonly positions: Uint16Array;
}

interface Run {
  readonly text: number;
  readonly memo: RowPositions;
  readonly from: number;
  readonly to: number;
}

/**
 * Each is told apart from others by 64 bits of a hash. Most texts are met once, and looking for them among all others would cost
 * the most: others decide which are learned (search-met-texts.ts, search-word-counts.ts).
 */
export class TextSet {
  count = 0;
  /** Of each text in `bytes`. */
  starts = new Uint32Array(256);
  ends = new Uint32Array(256);
  bytes = Buffer.allocUnsafe(8192);
  /** Text and position of each occurrence, in 17 and 14 bits. */
  #occurrences = new Uint32Array(4096);
  #occurred = 0;
  #runs: Run[] = [];
  hasOverflowed = false;
  #used = 0;
  /** Text + 1 at a place that its hash says, or one behind it. */
  #slots = new Int32Array(1024);
  #firsts = new Int32Array(256);
  #seconds = new Int32Array(256);
  /** Where each was last, + 1. */
  #lastAt = new Uint16Array(256);

  get isFull(): boolean {
    return this.count > mostTexts / 2 || this.#occurred > mostOccurrences / 2 || this.#used > mostBytes;
  }

  /** Where the text with this hash is, or would be. */
  #slotOf(first: number, second: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const firsts = this.#firsts;
    const seconds = this.#seconds;
    let slot = (first ^ (first >>> 15)) & mask;
    for (;;) {
      const text = (slots[slot] ?? 0) - 1;
      if (text < 0 || (firsts[text] === first && seconds[text] === second)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** The text with this hash, -1 for one that was not learned. */
  find(first: number, second: number): number {
    return (this.#slots[this.#slotOf(first, second)] ?? 0) - 1;
  }

  /** Notes that it is at a position; -1 is none. */
  occur(text: number, position: number): void {
    if (text < 0 || (this.#occurred === this.#occurrences.length && !this.#growOccurrences())) return;
    const isNew = (this.#lastAt[text] ?? 0) ^ (position + 1);
    this.#lastAt[text] = position + 1;
    this.#occurrences[this.#occurred] = (text << positionBits) | position;
    // Without a branch: nobody can foresee it.
    this.#occurred += -isNew >>> 31;
  }

  #growOccurrences(): boolean {
    if (this.#occurred >= mostOccurrences) {
      this.hasOverflowed = true;
      return false;
    }
    this.#occurrences = grown(this.#occurrences, new Uint32Array(2 * this.#occurrences.length));
    return true;
  }

  /** The text from `start` to `end`, which has this hash and is not known; -1 when there are too many. */
  learn(first: number, second: number, from: Uint8Array, start: number, end: number): number {
    if (this.count === mostTexts) {
      this.hasOverflowed = true;
      return -1;
    }
    if (this.count === this.starts.length) this.#growTexts();
    const text = this.count++;
    const length = end - start;
    if (this.#used + length > this.bytes.length) {
      const bytes = Buffer.allocUnsafe(2 * (this.bytes.length + length));
      this.bytes.copy(bytes, 0, 0, this.#used);
      this.bytes = bytes;
    }
    const to = this.bytes;
    const used = this.#used;
    copyInto(to, used, from, start, end);
    this.starts[text] = used;
    this.#used = used + length;
    this.ends[text] = this.#used;
    this.#firsts[text] = first;
    this.#seconds[text] = second;
    this.#lastAt[text] = 0;
    this.#slots[this.#slotOf(first, second)] = text + 1;
    if (2 * this.count > this.#slots.length) this.#growSlots();
    return text;
  }

  #growTexts(): void {
    const length = 2 * this.starts.length;
    this.starts = grown(this.starts, new Uint32Array(length));
    this.ends = grown(this.ends, new Uint32Array(length));
    this.#firsts = grown(this.#firsts, new Int32Array(length));
    this.#seconds = grown(this.#seconds, new Int32Array(length));
    this.#lastAt = grown(this.#lastAt, new Uint16Array(length));
  }

  #growSlots(): void {
    const slots = (this.#slots = new Int32Array(4 * this.#slots.length));
    for (let text = 0; text < this.count; text++) {
      const first = this.#firsts[text] ?? 0;
      let slot = (first ^ (first >>> 15)) & (slots.length - 1);
      while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = text + 1;
    }
  }

  /** Notes that it is at some positions one after the other. */
  occurRun(text: number, memo: RowPositions, from: number, to: number): void {
    this.#runs.push({ text, memo, from, to });
  }

  clear(): void {
    if (this.count > 0) this.#slots.fill(0);
    this.count = this.#occurred = this.#used = 0;
    this.#runs = [];
    this.hasOverflowed = false;
  }

  /** As `clear`, but those that were at `least` positions are known from the beginning on: they will come again. */
  clearButOften(least: number): void {
    const often: (readonly [first: number, second: number, bytes: Buffer])[] = [];
    for (const [text, count] of this.counts().entries())
      if (count >= least && often.length < mostOften)
        often.push([
          this.#firsts[text] ?? 0,
          this.#seconds[text] ?? 0,
          Buffer.from(this.bytes.subarray(this.starts[text], this.ends[text])),
        ]);
    this.clear();
    for (const [first, second, bytes] of often) this.learn(first, second, bytes, 0, bytes.length);
  }

  /** The second hash of each. */
  hashes(): Int32Array {
    return this.#seconds.subarray(0, this.count);
  }

  /** At how many positions each is, once more where it was noted twice with another one in between. */
  counts(): Uint32Array {
    const counts = new Uint32Array(this.count);
    for (let at = 0; at < this.#occurred; at++) {
      const text = (this.#occurrences[at] ?? 0) >>> positionBits;
      counts[text] = (counts[text] ?? 0) + 1;
    }
    for (const { text, from, to } of this.#runs) counts[text] = (counts[text] ?? 0) + to - from;
    return counts;
  }

  /**
   * Where those are that have a place among `kept` in `places`, which is -1 for others: these are given to `takeOther` with
   * each position.
   */
  positionsOf(
    places: Int32Array,
    kept: number,
    positions: number,
    takeOther: (text: number, position: number) => void,
  ): readonly Positions[] {
    const size = noPositions(positions).length;
    const room = new Uint32Array(size * kept);
    const take = (text: number, position: number): void => {
      const place = places[text] ?? -1;
      if (place < 0) return takeOther(text, position);
      const at = place * size + (position >> 5);
      room[at] = (room[at] ?? 0) | (1 << (position & 31));
    };
    for (let at = 0; at < this.#occurred; at++) {
      const occurrence = this.#occurrences[at] ?? 0;
      take(occurrence >>> positionBits, occurrence & mostPositions);
    }
    for (const { text, memo, from, to } of this.#runs)
      for (let index = from; index < to; index++) take(text, memo.positions[index] ?? 0);
    return Array.from({ length: kept }, (_, at) => room.subarray(at * size, (at + 1) * size));
  }

  /** Those of the last calls of `occur`. */
  occurredSince(before: number): readonly number[] {
    return Array.from(this.#occurrences.subarray(before, this.#occurred), (one) => one >>> positionBits);
  }

  get occurred(): number {
    return this.#occurred;
  }
}

/** In larger room. */
export function grown<Values extends Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(
  from: Values,
  into: Values,
): Values {
  into.set(from);
  return into;
}
