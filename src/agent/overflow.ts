// What the program's thread does when a ring is full: give up the record it has, give up the oldest, or wait.
// Waiting is bounded, so that no program hangs: all records together wait at most `maxWaitMs` since the engine last
// acknowledged anything, or took anything that was sent. A program is so slowed to the engine's pace for as long as the engine
// gets on, and held up for ten seconds altogether by one that does not.
import type { OverflowPolicy } from "../shared/protocol/agent-wire.js";
import { type RecordTally, isDefinition, newTally, tallyRecord, tallySlots } from "./record-tally.js";
import { type RingMemory, type RingRegion, type RingWriter, control, link } from "./ring.js";

export const maxWaitMs = 10_000;
/** Between two looks whether the engine gets on; room is noticed at once. */
const lookEveryMs = 50;
/** A look that comes later still says that this thread stood still itself, as the engine may have: no more of it is counted. */
const mostCountedMs = 4 * lookEveryMs;

export class Overflow {
  /** Makes the ring larger, if it may be. */
  grow: () => boolean = () => false;
  #waitedMs = 0;
  #gettingOn = 0;

  constructor(
    readonly memory: RingMemory,
    readonly policy: OverflowPolicy,
    readonly nowMs: () => number,
  ) {}

  /** Whether a ring has room for so much, made now if the policy can. */
  makeRoom(ring: RingWriter<RingRegion>, bytes: number): boolean {
    if (ring.hasRoom(bytes)) return true;
    if (ring.memory === this.memory && this.grow() && ring.hasRoom(bytes)) return true;
    switch (this.policy) {
      case "drop-newest":
        return false;
      case "block":
        return this.#waitForRoom(ring, bytes);
      case "drop-oldest":
        // What others refer to is not given up.
        return ring.memory === this.memory && this.#giveUpOldest(ring, bytes);
    }
  }

  #waitForRoom(ring: RingWriter<RingRegion>, bytes: number): boolean {
    if (bytes > ring.memory.size) return false;
    const words = this.memory.control;
    let lastMs = this.nowMs();
    for (;;) {
      const tail = Atomics.load(words, ring.memory.tailSlot);
      if (ring.hasRoom(bytes)) return true;
      const gettingOn = Atomics.load(words, control.gettingOn);
      if (gettingOn !== this.#gettingOn) [this.#gettingOn, this.#waitedMs] = [gettingOn, 0];
      const leftMs = maxWaitMs - this.#waitedMs;
      if (leftMs <= 0 || Atomics.load(words, control.link) === link.refused) return false;
      Atomics.wait(words, ring.memory.tailSlot, tail, Math.min(leftMs, lookEveryMs));
      const now = this.nowMs();
      this.#waitedMs += Math.min(now - lastMs, mostCountedMs);
      lastMs = now;
    }
  }

  /** A sixty-fourth of the ring at a time, or what is needed if that is more: most records then find room. */
  #giveUpOldest(ring: RingWriter<RingRegion>, bytes: number): boolean {
    const { control: controlWords, tailSlot } = this.memory;
    if (bytes > this.memory.size) return false;
    while (!ring.hasRoom(bytes)) {
      const tail = Atomics.load(controlWords, tailSlot);
      const { of, end } = this.memory.oldest(tail, ring.head);
      const { size, words, view } = of;
      const mask = (size >>> 2) - 1;
      const used = (end - tail) >>> 0;
      const wanted = Math.min(used, Math.max(bytes - (size - used), size >>> 6));
      const tally = newTally();
      let given = 0;
      let isBetween = false;
      // A name that only the next record uses goes with it.
      while (given < used && (given < wanted || isBetween)) {
        const at = (tail + given) & (size - 1);
        const kind = tallyRecord(tally, view, at, size);
        isBetween = isDefinition(kind);
        given += words[(at >>> 2) & mask] ?? 0;
      }
      if (Atomics.compareExchange(controlWords, tailSlot, tail, (tail + given) | 0) === tail) this.#count(tally);
    }
    return true;
  }

  #count(tally: RecordTally): void {
    for (let slot = 0; slot < tallySlots; slot++)
      Atomics.add(this.memory.control, control.givenUp + slot, tally[slot] ?? 0);
  }
}
