// Up to which instant all records are in the file, as far as can be known: as far as the slowest process has come that still runs. One
// of which nothing comes any more is not waited for. What a clock says decides only how long that is.
import type { Reached } from "./store/rule-records.js";

/** Records of one process are not quite in the order of their times. */
const latenessNs = 1_000_000_000n;
const patienceMs = 10_000;

export class Frontier {
  readonly #now: () => number;
  readonly #known = new Map<number, { readonly lastSeen: bigint; readonly sinceMs: number }>();

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** Undefined before the first process. */
  after(reached: readonly Reached[]): bigint | undefined {
    const nowMs = this.#now();
    let [newest, slowest]: (bigint | undefined)[] = [];
    for (const { process, lastSeen, isRunning } of reached) {
      if (newest === undefined || lastSeen > newest) newest = lastSeen;
      const known = this.#known.get(process);
      const sinceMs = known?.lastSeen === lastSeen ? known.sinceMs : nowMs;
      this.#known.set(process, { lastSeen, sinceMs });
      if (!isRunning || nowMs - sinceMs > patienceMs) continue;
      if (slowest === undefined || lastSeen < slowest) slowest = lastSeen;
    }
    const come = slowest ?? newest;
    return come === undefined ? undefined : come - latenessNs;
  }
}
