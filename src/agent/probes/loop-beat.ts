// When the event loop turned last, and how late its timers are: a timer of our own that notes each time it runs. The worker
// reads that in shared memory, and sees a loop that stands still while it does. In a program that does nothing the timer runs
// less often. All is done in the timer's own callback, so that nothing of ours ever holds a context of the program.
import { performance as nodePerformance } from "node:perf_hooks";
import type { ProbeKit } from "../probe-kit.js";
import { type RingMemory, control, facts } from "../ring.js";

const busyMs = 20;
const quietMs = 50;
/** A loop that did next to nothing for so many beats is idle. */
const idleAfterBeats = 25;
const nextToNothingMs = 2;
/** More than there can be beats in a second. */
const mostSamples = 64;

/** The loop did not turn between these, of the monotonic clock; before that it was idle, or turned. */
export interface Turn {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** How often the worker looked meanwhile, as far as is known. */
  readonly polls: number;
}

export interface Lateness {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly mostMs: number;
}

export class LoopBeat {
  readonly #kit: ProbeKit;
  readonly #memory: RingMemory;
  readonly #onTurn: (turn: Turn) => void;
  readonly #busy: NodeJS.Timeout;
  #idle: NodeJS.Timeout | undefined;
  /** As it is now: a program's tests may replace it. */
  readonly #utilization = nodePerformance.eventLoopUtilization;
  readonly #lateMs = new Float64Array(mostSamples);
  #samples = 0;
  /** Undefined before the loop's first turn: until then there is no loop that something could block. */
  #lastMs: number | undefined;
  #lastIdleMs = 0;
  #lastPolls = 0;
  #quietBeats = 0;
  #isStopped = false;

  /** `onTurn` is called at each beat. */
  constructor(kit: ProbeKit, memory: RingMemory, onTurn: (turn: Turn) => void) {
    this.#kit = kit;
    this.#memory = memory;
    this.#onTurn = onTurn;
    const { setTimeout } = kit.guest.originals;
    this.#busy = setTimeout(() => this.#run(), busyMs).unref();
  }

  stop(): void {
    const { clearTimeout } = this.#kit.guest.originals;
    this.#isStopped = true;
    clearTimeout(this.#busy);
    clearTimeout(this.#idle);
    this.#memory.facts[facts.turnDueMs] = 0;
  }

  /** What there is of the turn that goes on now. */
  get currentTurn(): Turn | undefined {
    if (this.#lastMs === undefined) return undefined;
    return this.#turnSince(this.#lastMs, this.#kit.guest.originals.now(), this.#utilization().idle);
  }

  /** How late the timer was since this was asked last; undefined when it did not run. */
  takeLateness(): Lateness | undefined {
    const sorted = this.#lateMs.subarray(0, this.#samples).sort();
    const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
    const lateness = { p50Ms: at(0.5), p99Ms: at(0.99), mostMs: at(1) };
    this.#samples = 0;
    return sorted.length === 0 ? undefined : lateness;
  }

  /** Something begins: in an idle loop this is the only sign of it until the next beat. */
  noteBeginning(): void {
    if (this.#quietBeats >= idleAfterBeats) this.#memory.facts[facts.beganMs] = this.#kit.guest.originals.now();
  }

  #run(): void {
    if (this.#isStopped) return;
    this.#kit.guest.runAsGuest(() => this.#beat(), undefined);
    // Whatever went wrong: a beat that is missing looks like a loop that is blocked.
    this.#next();
  }

  #beat(): void {
    const now = this.#kit.guest.originals.now();
    const idleMs = this.#utilization().idle;
    if (this.#lastMs !== undefined) {
      const dueMs = this.#memory.facts[facts.turnDueMs] ?? now;
      if (this.#samples < mostSamples) this.#lateMs[this.#samples++] = Math.max(0, now - dueMs);
      const turn = this.#turnSince(this.#lastMs, now, idleMs);
      this.#quietBeats = turn.untilMs - turn.sinceMs < nextToNothingMs ? this.#quietBeats + 1 : 0;
      this.#onTurn(turn);
    }
    this.#lastMs = now;
    this.#lastIdleMs = idleMs;
    this.#lastPolls = Atomics.load(this.#memory.control, control.polls);
  }

  /** From when on it was not idle: what came before that in the same stretch was over in a beat's time. */
  #turnSince(lastMs: number, untilMs: number, idleMs: number): Turn {
    const sinceMs = Math.min(untilMs, lastMs + Math.max(0, idleMs - this.#lastIdleMs));
    const polls = (Atomics.load(this.#memory.control, control.polls) - this.#lastPolls) | 0;
    return { sinceMs, untilMs, polls };
  }

  #next(): void {
    const isIdle = this.#quietBeats >= idleAfterBeats;
    const { facts: numbers } = this.#memory;
    const now = this.#kit.guest.originals.now();
    numbers[facts.turnedMs] = now;
    numbers[facts.turnDueMs] = now + (isIdle ? quietMs : busyMs);
    if (!isIdle) this.#busy.refresh();
    else if (this.#idle === undefined)
      this.#idle = this.#kit.guest.originals.setTimeout(() => this.#run(), quietMs).unref();
    else this.#idle.refresh();
  }
}
