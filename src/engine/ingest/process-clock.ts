// The clock of one process as instants of the recording.
import type { LongColumn } from "../store/column-buffers.js";

export class ProcessClock {
  /** The two words of `originNs`. */
  readonly #originHigh: number;
  readonly #originLow: number;

  /** Where the process's clock begins, nanoseconds since the epoch. */
  constructor(readonly originNs: bigint) {
    this.#originHigh = Number(originNs >> 32n);
    this.#originLow = Number(BigInt.asUintN(32, originNs));
  }

  instantOf(clockMs: number): bigint {
    return this.originNs + BigInt(nanoseconds(clockMs));
  }

  /** As `instantOf`, without a bigint. */
  addInstant(instants: LongColumn, clockMs: number): void {
    instants.addSum(this.#originHigh, this.#originLow, nanoseconds(clockMs));
  }
}

const nanoseconds = (clockMs: number): number => Math.round(clockMs * 1e6);
