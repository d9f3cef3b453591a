// What recording costs the engine itself, and how far it lags behind what comes: told while it records, kept in the file.
import type { EngineLoad } from "../shared/protocol/recording-summary.js";

/** Of processor time, between two looks. */
const sampleEveryMs = 1000;

const nothingYet: EngineLoad = {
  seconds: 0,
  cpuSeconds: 0,
  cpuShare: 0,
  waitingRows: 0,
  mostWaitingRows: 0,
  mostWaitingBytes: 0,
  commits: 0,
  slowestCommitMs: 0,
};

export class LoadMeter {
  #load: EngineLoad;
  #sampledMs = performance.now();
  #sampledCpu = process.cpuUsage();

  /** `before`: of engines before this one, that are gone. */
  constructor(before: EngineLoad | undefined) {
    this.#load = { ...nothingYet, ...before, cpuShare: 0, waitingRows: 0 };
  }

  get load(): EngineLoad {
    return this.#load;
  }

  /** What was waiting when a commit began, how long it took, and what waits now. Whether a second has passed since it said so last. */
  committed(waiting: { readonly rows: number; readonly bytes: number }, tookMs: number, waitingRows: number): boolean {
    const { commits, slowestCommitMs, mostWaitingRows, mostWaitingBytes } = this.#load;
    this.#load = {
      ...this.#load,
      waitingRows,
      mostWaitingRows: Math.max(mostWaitingRows, waiting.rows),
      mostWaitingBytes: Math.max(mostWaitingBytes, waiting.bytes),
      commits: commits + 1,
      slowestCommitMs: Math.max(slowestCommitMs, tookMs),
    };
    return this.#sample();
  }

  #sample(): boolean {
    const nowMs = performance.now();
    const seconds = (nowMs - this.#sampledMs) / 1000;
    if (seconds * 1000 < sampleEveryMs) return false;
    const { user, system } = process.cpuUsage(this.#sampledCpu);
    const cpuSeconds = (user + system) / 1e6;
    this.#load = {
      ...this.#load,
      seconds: this.#load.seconds + seconds,
      cpuSeconds: this.#load.cpuSeconds + cpuSeconds,
      cpuShare: cpuSeconds / seconds,
    };
    this.#sampledMs = nowMs;
    this.#sampledCpu = process.cpuUsage();
    return true;
  }
}
