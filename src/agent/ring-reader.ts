// The worker's end of a ring: whole records are copied out of it, in the order they were written.
import { type RingRegion, control } from "./ring.js";

/** What has stood still for so long has arrived in this thread, whatever the processor does with stores that nobody waits for. */
export const settlesMs = 10;

export class RingReader {
  /** Up to here records are whole, also where HEAD says less. */
  #settled: number | undefined;
  #written: number | undefined;
  #mayGrowFrom = 0;
  #since = 0;
  /** A copy of a call that goes on, made when it had stood still; and up to where such a one was told of already. */
  #open: Uint8Array<ArrayBuffer> | undefined;
  #openTold: number | undefined;

  constructor(readonly memory: RingRegion) {}

  get usedBytes(): number {
    return (this.end - Atomics.load(this.memory.control, this.memory.tailSlot)) >>> 0;
  }

  /** Up to where there is something to take. */
  get end(): number {
    const head = Atomics.load(this.memory.control, this.memory.headSlot);
    if (this.#settled !== undefined && ((this.#settled - head) | 0) <= 0) this.#settled = undefined;
    return this.#settled ?? head;
  }

  /** Looks for records that were written and not told of, because their thread does something else since. */
  settle(nowMs: number): void {
    const { control: words, headSlot, writtenSlot } = this.memory;
    const written = Atomics.load(words, writtenSlot);
    const mayGrowFrom = Atomics.load(words, control.mayGrowFrom);
    if (written !== this.#written || mayGrowFrom !== this.#mayGrowFrom) {
      [this.#written, this.#mayGrowFrom, this.#since, this.#open] = [written, mayGrowFrom, nowMs, undefined];
      return;
    }
    if (nowMs - this.#since >= settlesMs && Atomics.load(words, headSlot) !== written) this.#settled = mayGrowFrom;
  }

  /** The thread that wrote is gone: all of it counts. */
  settleAll(): void {
    this.#settled = Atomics.load(this.memory.control, this.memory.writtenSlot);
  }

  /**
   * A copy of the call that is the last record and goes on since, once; it stays where it is, and may be added to at any time: so it
   * was copied at an earlier look, and nothing was written since.
   */
  takeOpen(): Uint8Array<ArrayBuffer> | undefined {
    const written = this.#written;
    const start = this.#settled;
    if (written === undefined || start === undefined || this.#openTold === written) return undefined;
    const { control: words, headSlot, tailSlot, writtenSlot } = this.memory;
    const isLast =
      start !== written && Atomics.load(words, tailSlot) === start && Atomics.load(words, headSlot) !== written;
    if (!isLast) return undefined;
    const made = this.#open;
    if (made === undefined) {
      this.#open = this.#copied(start, (written - start) >>> 0);
      return undefined;
    }
    if (Atomics.load(words, writtenSlot) !== written) return undefined;
    this.#openTold = written;
    return made;
  }

  /** Takes whole records out, up to `limit` bytes but at least one record; undefined when there is none. */
  take(limit: number): Uint8Array<ArrayBuffer> | undefined {
    const { control: words, tailSlot } = this.memory;
    // The less is copied at once, the less likely its begin is given up meanwhile.
    for (let within = limit; ; within >>>= 1) {
      // TAIL first: a HEAD loaded before it could by now lie behind it.
      const tail = Atomics.load(words, tailSlot);
      const used = this.memory.readable(tail, this.end);
      if (used === 0) return undefined;
      const count = used <= within ? used : this.#wholeRecordsWithin(tail, within, used);
      const taken = count === undefined || used > this.memory.size ? undefined : this.#copied(tail, count);
      if (taken === undefined) continue;
      if (Atomics.compareExchange(words, tailSlot, tail, (tail + taken.length) | 0) !== tail) continue;
      Atomics.notify(words, tailSlot);
      return taken;
    }
  }

  #copied(tail: number, count: number): Uint8Array<ArrayBuffer> {
    const { bytes, size } = this.memory;
    const taken = new Uint8Array(count);
    const first = tail & (size - 1);
    const untilEnd = Math.min(count, size - first);
    taken.set(bytes.subarray(first, first + untilEnd));
    if (untilEnd < count) taken.set(bytes.subarray(0, count - untilEnd), untilEnd);
    return taken;
  }

  /** Undefined when the lengths make no sense: they were given up and overwritten meanwhile. */
  #wholeRecordsWithin(tail: number, limit: number, used: number): number | undefined {
    const { words, size } = this.memory;
    const mask = (size >>> 2) - 1;
    let count = 0;
    while (count < used) {
      const length = words[((tail + count) >>> 2) & mask] ?? 0;
      if (length < 8 || length % 8 !== 0 || length > used - count) return undefined;
      if (count > 0 && count + length > limit) break;
      count += length;
    }
    return count;
  }
}
