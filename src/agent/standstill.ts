// Whether the whole program stood still: stopped by a signal, or with the machine asleep. A program that is busy does not:
// this is asked in a thread of its own, which goes on while the program's blocks. Nor is one on a loaded machine: a thread
// that asks for a moment's time gets it within tens of milliseconds there, and the others use time meanwhile.
import { uptime } from "node:os";

/** All in milliseconds. */
export interface Clocks {
  /** The clock of `performance.now()`. On Linux it stands still while the machine sleeps. */
  monotonicMs(): number;
  wallMs(): number;
  /** Since the machine was started, its sleep included; where the monotonic clock includes that too, the same as that. */
  uptimeMs(): number;
  /** Of all threads of the process. */
  cpuMs(): number;
}

export interface Standstill {
  /** On the monotonic clock: when it was asked for the last time before. */
  readonly sinceMs: number;
  readonly forMs: number;
  /** How much of that the monotonic clock missed. */
  readonly sleptMs: number;
}

/** Asked at most every 25 ms, so that this is far beyond any delay of a thread that runs at all. */
const leastMs = 1000;
/** A process that worked for more of the time than this was not stopped, however late this thread came. */
const mostBusyShare = 0.1;
/** The machine's uptime is told in hundredths of a second; the wall clock may have been set while it slept. */
const uptimeStepMs = 50;

export class StandstillWatch {
  readonly #clocks: Clocks;
  #monotonicMs: number;
  #wallMs: number;
  #cpuMs: number;
  /** By how much the uptime is ahead of the monotonic clock. */
  #sleptBeforeMs: number;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#monotonicMs = clocks.monotonicMs();
    this.#wallMs = clocks.wallMs();
    this.#cpuMs = clocks.cpuMs();
    this.#sleptBeforeMs = clocks.uptimeMs() - this.#monotonicMs;
  }

  /** What there was since it was asked the last time. */
  look(): Standstill | undefined {
    const [sinceMs, wallMs, cpuMs] = [this.#monotonicMs, this.#wallMs, this.#cpuMs];
    this.#monotonicMs = this.#clocks.monotonicMs();
    this.#wallMs = this.#clocks.wallMs();
    this.#cpuMs = this.#clocks.cpuMs();
    const elapsedMs = this.#monotonicMs - sinceMs;
    const sleptMs = this.#slept(this.#wallMs - wallMs - elapsedMs);
    const wasStopped = elapsedMs >= leastMs && this.#cpuMs - cpuMs < elapsedMs * mostBusyShare;
    return wasStopped || sleptMs > 0 ? { sinceMs, forMs: elapsedMs + sleptMs, sleptMs } : undefined;
  }

  /** A wall clock that ran ahead was set, or the machine slept: the uptime tells which. */
  #slept(aheadMs: number): number {
    if (aheadMs < leastMs) return 0;
    const sleptMs = this.#clocks.uptimeMs() - this.#monotonicMs - this.#sleptBeforeMs;
    if (sleptMs < leastMs - uptimeStepMs) return 0;
    this.#sleptBeforeMs += sleptMs;
    return Math.abs(aheadMs - sleptMs) <= uptimeStepMs ? aheadMs : sleptMs;
  }
}

export const clocksOfThisProcess: Clocks = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  // Elsewhere the monotonic clock goes on while the machine sleeps.
  uptimeMs: () => (process.platform === "linux" ? uptime() * 1000 : performance.now()),
  cpuMs: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};
