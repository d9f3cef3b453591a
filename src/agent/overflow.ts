// What the program's thread does when a ring is full: give up the record it has, give up the oldest, or wait.
// Waiting is bounded twice, so that no program hangs: a record waits at most `maxRecordWaitMs`, and all records together
// at most `maxWaitMs` since the engine last acknowledged anything. A program may so be slowed to the engine's pace for as
// long as the engine gets on, and for ten seconds by one that does not.
import type { OverflowPolicy } from "../shared/protocol/agent-wire.js";
import { type RecordTally, isDefinition, newTally, tallyRecord, tallySlots } from "./record-tally.js";
import { type RingMemory, type RingRegion, type RingWriter, control, link } from "./ring.js";

export const maxRecordWaitMs = 1000;
export const maxWaitMs = 10_000;

export class Overflow {
  #waitedMs = 0;
  #acknowledged = 0;

  constructor(
    readonly memory: RingMemory,
    readonly policy: OverflowPolicy,
    readonly nowMs: () => number,
  ) {}

  /** Whether a ring has room for so much, made now if the policy can. */
  makeRoom(ring: RingWriter<RingRegion>, bytes: number): boolean {
    if (ring.hasRoom(bytes)) return true;
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
    const words = this.memory.control;
    const acknowledged = Atomics.load(words, control.acknowledged);
    if (acknowledged !== this.#acknowledged) [this.#acknowledged, this.#waitedMs] = [acknowledged, 0];
    const startMs = this.nowMs();
    const allowedMs = Math.min(maxRecordWaitMs, maxWaitMs - this.#waitedMs);
    let waitedMs = 0;
    while (waitedMs < allowedMs && Atomics.load(words, control.link) !== link.refused) {
      const tail = Atomics.load(words, ring.memory.tailSlot);
      if (ring.hasRoom(bytes)) break;
      Atomics.wait(words, ring.memory.tailSlot, tail, allowedMs - waitedMs);
      waitedMs = this.nowMs() - startMs;
    }
    this.#waitedMs += waitedMs;
    return ring.hasRoom(bytes);
  }

  /** A sixty-fourth of the ring at a time, or what is needed if that is more: most records then find room. */
  #giveUpOldest(ring: RingWriter<RingRegion>, bytes: number): boolean {
    const { size, words, control: controlWords, tailSlot } = this.memory;
    if (bytes > size) return false;
    const mask = (size >>> 2) - 1;
    while (!ring.hasRoom(bytes)) {
      const tail = Atomics.load(controlWords, tailSlot);
      const used = (ring.head - tail) >>> 0;
      const wanted = Math.min(used, Math.max(bytes - (size - used), size >>> 6));
      const tally = newTally();
      let given = 0;
      let isBetween = false;
      // A name that only the next record uses goes with it.
      while (given < used && (given < wanted || isBetween)) {
        const at = (tail + given) & (size - 1);
        const kind = tallyRecord(tally, this.memory.view, at, size);
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
