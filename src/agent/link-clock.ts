// The program's clock (`recordedClock` in agent.ts), read in the agent's thread, and the stretches in which it stood still.
import { type Chunk, standstillRecord } from "./intake.js";
import { type RingMemory, facts } from "./ring.js";
import { StandstillWatch, clocksOfThisProcess } from "./standstill.js";

export class LinkClock {
  readonly #memory: RingMemory;
  readonly #timeOriginMs: number;
  readonly #standstill = new StandstillWatch(clocksOfThisProcess);
  /** When it was looked for a standstill last. */
  #seqThen = 0;

  constructor(memory: RingMemory, timeOriginMs: number) {
    this.#memory = memory;
    this.#timeOriginMs = timeOriginMs;
  }

  /** Milliseconds since the program's time origin. */
  get ms(): number {
    return this.monotonicMs + (this.#memory.facts[facts.sleptMs] ?? 0);
  }

  /** The same, less what the machine slept. */
  get monotonicMs(): number {
    return performance.timeOrigin - this.#timeOriginMs + performance.now();
  }

  /**
   * What the program missed since this was asked last, if it did. Told before what is taken out next, and like a definition: it stays
   * when records are given up. From here on the program's times include what its clock missed.
   */
  standstill(): Chunk | undefined {
    const seqBefore = this.#seqThen;
    this.#seqThen = this.#memory.facts[facts.lastSeq] ?? 0;
    const known = this.#standstill.look();
    if (known === undefined) return undefined;
    const { facts: numbers } = this.#memory;
    numbers[facts.sleptMs] = (numbers[facts.sleptMs] ?? 0) + known.sleptMs;
    const now = this.ms;
    return { definitions: standstillRecord(now - known.forMs, now, seqBefore), records: new Uint8Array(0) };
  }
}
