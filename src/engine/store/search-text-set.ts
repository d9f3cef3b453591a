// Different texts as bytes, and at which positions of a block they occur.
import { type Positions, noPositions } from "./search-positions.js";

/** Told apart by 17 bits, and positions by 14. */
const [mostTexts, positionBits] = [1 << 17, 14];
const mostPositions = 2 ** positionBits - 1;
const mostOccurrences = 1 << 21;
const mostBytes = 8 * 1024 * 1024;
/** Texts that were met once, and their bytes. */
const [metOnce, mostMetBytes] = [8192, 1 << 20];
const longText = 1 << 16;

export type TakeRare = (bytes: Uint8Array, start: number, end: number, position: number) => void;

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
 * the most: so a text is learned when it comes again soon, else it is given away as a rare one.
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
  readonly #metFirsts = new Int32Array(metOnce);
  readonly #metSeconds = new Int32Array(metOnce);
  readonly #metStarts = new Uint32Array(metOnce);
  /** 0 where there is none. */
  readonly #metEnds = new Uint32Array(metOnce);
  readonly #metPositions = new Uint16Array(metOnce);
  #metBytes = Buffer.allocUnsafe(8192);
  #metUsed = 0;
  readonly #takeRare: TakeRare;

  constructor(takeRare: TakeRare) {
    this.#takeRare = takeRare;
  }

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

  /** The text from `start` to `end`, which has this hash; -1 when there are too many. */
  find(first: number, second: number, from: Uint8Array, start: number, end: number): number {
    const slot = this.#slotOf(first, second);
    const known = (this.#slots[slot] ?? 0) - 1;
    if (known >= 0) return known;
    return this.#learn(slot, first, second, from, start, end);
  }

  /** As `find`, but -1 for a text that nobody has met lately: it is noted in any case. */
  meet(first: number, second: number, from: Uint8Array, start: number, end: number, position: number): number {
    const slot = this.#slotOf(first, second);
    const known = (this.#slots[slot] ?? 0) - 1;
    if (known >= 0) return known;
    const met = (second ^ (second >>> 15)) & (metOnce - 1);
    if (this.#metEnds[met] !== 0) {
      if (this.#metFirsts[met] === first && this.#metSeconds[met] === second) {
        this.#metEnds[met] = 0;
        const text = this.#learn(slot, first, second, from, start, end);
        this.occur(text, this.#metPositions[met] ?? 0);
        return text;
      }
      this.#giveAway(met);
    }
    this.#keep(met, from, start, end, position);
    this.#metFirsts[met] = first;
    this.#metSeconds[met] = second;
    return -1;
  }

  #giveAway(met: number): void {
    const end = this.#metEnds[met] ?? 0;
    if (end === 0) return;
    this.#metEnds[met] = 0;
    this.#takeRare(this.#metBytes, this.#metStarts[met] ?? 0, end, this.#metPositions[met] ?? 0);
  }

  #keep(met: number, from: Uint8Array, start: number, end: number, position: number): void {
    const length = end - start;
    if (length > longText) return this.#takeRare(from, start, end, position);
    if (this.#metUsed + length > this.#metBytes.length) this.#makeRoom(length);
    const to = this.#metBytes;
    const used = this.#metUsed;
    copyInto(to, used, from, start, end);
    this.#metStarts[met] = used;
    this.#metEnds[met] = this.#metUsed = used + length;
    this.#metPositions[met] = position;
  }

  #makeRoom(length: number): void {
    if (this.#metUsed > mostMetBytes) this.giveAwayAll();
    if (this.#metUsed + length <= this.#metBytes.length) return;
    const bytes = Buffer.allocUnsafe(2 * (this.#metBytes.length + length));
    this.#metBytes.copy(bytes, 0, 0, this.#metUsed);
    this.#metBytes = bytes;
  }

  /** Nothing that was met once is learned any more. */
  giveAwayAll(): void {
    for (let met = 0; met < metOnce; met++) this.#giveAway(met);
    this.#metUsed = 0;
  }

  /** Notes that it is at a position. */
  occur(text: number, position: number): void {
    if (text < 0) return;
    if (this.#occurred === this.#occurrences.length && !this.#growOccurrences()) return;
    this.#occurrences[this.#occurred++] = (text << positionBits) | position;
  }

  #growOccurrences(): boolean {
    if (this.#occurred >= mostOccurrences) {
      this.hasOverflowed = true;
      return false;
    }
    this.#occurrences = grown(this.#occurrences, new Uint32Array(2 * this.#occurrences.length));
    return true;
  }

  #learn(slot: number, first: number, second: number, from: Uint8Array, start: number, end: number): number {
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
    this.#slots[slot] = text + 1;
    if (2 * this.count > this.#slots.length) this.#growSlots();
    return text;
  }

  #growTexts(): void {
    const length = 2 * this.starts.length;
    this.starts = grown(this.starts, new Uint32Array(length));
    this.ends = grown(this.ends, new Uint32Array(length));
    this.#firsts = grown(this.#firsts, new Int32Array(length));
    this.#seconds = grown(this.#seconds, new Int32Array(length));
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
    this.#metEnds.fill(0);
    this.#metUsed = 0;
    this.hasOverflowed = false;
  }

  /** How often each occurs, once more where it is twice in a row. */
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

/** Short ones are quicker byte by byte than with a view of their own. */
function copyInto(to: Uint8Array, used: number, from: Uint8Array, start: number, end: number): void {
  if (end - start < 64) for (let at = start; at < end; at++) to[used + at - start] = from[at] ?? 0;
  else to.set(from.subarray(start, end), used);
}

/** In larger room. */
export function grown<Values extends Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>>(
  from: Values,
  into: Values,
): Values {
  into.set(from);
  return into;
}
