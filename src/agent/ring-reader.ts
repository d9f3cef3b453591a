// The worker's end of a ring: whole records are copied out of it, in the order they were written.
import type { RingRegion } from "./ring.js";

export class RingReader {
  constructor(readonly memory: RingRegion) {}

  get usedBytes(): number {
    const { control: words, headSlot, tailSlot } = this.memory;
    return (Atomics.load(words, headSlot) - Atomics.load(words, tailSlot)) >>> 0;
  }

  /** Takes whole records out, up to `limit` bytes but at least one record; undefined when there is none. */
  take(limit: number): Uint8Array<ArrayBuffer> | undefined {
    const { control: words, tailSlot } = this.memory;
    // The less is copied at once, the less likely its begin is given up meanwhile.
    for (let within = limit; ; within >>>= 1) {
      // TAIL first: a HEAD loaded before it could by now lie behind it.
      const tail = Atomics.load(words, tailSlot);
      const used = this.memory.readable(tail, Atomics.load(words, this.memory.headSlot));
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
