// Decides, in the agent's worker, when the program's event loop has stood still for so long that its stack is to be taken.
import { BlockStack } from "./block-stack.js";
import { type RingMemory, control, facts, stackMissing } from "./ring.js";

/** Each takes the program half a millisecond: at most so many within a minute. */
const mostStacksPerMinute = 60;
const minuteMs = 60_000;
/** A beat is due so long after the one before, at least: what blocks may have begun then. */
const beatMs = 20;
/** A timer that is this late in a loop that does something is late because of that. */
const littleLateMs = 5;
/** What blocks for long may be something else than what it began with: looked at again when it has taken twice as long … */
const leastAgainMs = 500;
/** … and so much later if it could not be looked at. */
const tryAgainMs = 1000;
/** Between two polls that are further apart this thread did not run either. */
const longestPollMs = 30;

export class BlockWatch {
  readonly #memory: RingMemory;
  readonly #blockMs: number;
  readonly #stack: BlockStack | undefined;
  readonly #takenMs: number[] = [];
  #turnedMs = 0;
  #lookedMs = 0;
  /** Since the loop turned last, as far as this thread was there to see it: one that was stopped with it saw nothing. */
  #watchedMs = 0;
  /** When a stack was taken last in this turn, or it was tried to. */
  #triedMs: number | undefined;

  constructor(memory: RingMemory, blockMs: number, hasStacks: boolean) {
    this.#memory = memory;
    this.#blockMs = blockMs;
    if (hasStacks && blockMs > 0) this.#stack = new BlockStack(memory.control);
    else Atomics.store(memory.control, control.stackMissing, stackMissing.unavailable);
  }

  /** At each poll, with the program's monotonic clock. Within how many milliseconds it wants to be asked again. */
  look(nowMs: number): number {
    const { control: words, facts: numbers } = this.#memory;
    Atomics.add(words, control.polls, 1);
    const sinceMs = nowMs - this.#lookedMs;
    this.#lookedMs = nowMs;
    const stack = this.#stack;
    if (stack === undefined) return Infinity;
    if (stack.isOpen) {
      stack.look(nowMs);
      return littleLateMs;
    }
    const turnedMs = numbers[facts.turnedMs] ?? 0;
    if (turnedMs !== this.#turnedMs) [this.#turnedMs, this.#watchedMs, this.#triedMs] = [turnedMs, 0, undefined];
    else this.#watchedMs += Math.min(sinceMs, longestPollMs);
    const dueMs = numbers[facts.turnDueMs] ?? 0;
    if (dueMs === 0) return Infinity;
    const takeMs =
      this.#triedMs === undefined
        ? this.#takeAt(dueMs, numbers[facts.beganMs] ?? 0)
        : stack.wasSeen
          ? turnedMs + Math.max(leastAgainMs, 2 * (this.#triedMs - turnedMs))
          : this.#triedMs + tryAgainMs;
    if (nowMs < takeMs) return takeMs - nowMs;
    if (this.#watchedMs < this.#blockMs / 4) return littleLateMs;
    // What is over soon is recorded then, and not in the middle of what the program does.
    const isToRecord = nowMs - turnedMs >= leastAgainMs;
    this.#triedMs = nowMs;
    if (this.#mayTake(nowMs)) stack.take(nowMs, isToRecord, () => numbers[facts.turnedMs] === turnedMs);
    else Atomics.store(words, control.stackMissing, stackMissing.limit);
    return littleLateMs;
  }

  /** When it has most likely been blocked long enough; the program's thread, asked then, knows exactly. */
  #takeAt(dueMs: number, beganMs: number): number {
    const blockMs = this.#blockMs;
    const takeMs = dueMs + Math.max(blockMs - beatMs, blockMs / 2);
    return beganMs > this.#turnedMs ? Math.min(takeMs, Math.max(dueMs + littleLateMs, beganMs + blockMs)) : takeMs;
  }

  #mayTake(nowMs: number): boolean {
    while (nowMs - (this.#takenMs[0] ?? nowMs) > minuteMs) this.#takenMs.shift();
    if (this.#takenMs.length >= mostStacksPerMinute) return false;
    this.#takenMs.push(nowMs);
    return true;
  }
}
