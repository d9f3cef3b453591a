// How far a process's clock is ahead of the engine's. Each question and its answer bound it: the answer was made after the
// question was asked and before it was here. What all of them allow is kept; when they contradict each other, because one
// of the clocks has moved, the latest counts. Agents are on the engine's machine and share its monotonic clock: the offset
// stays what it is, unless the machine sleeps.

export interface ClockOffset {
  readonly offsetNs: bigint;
  /** The offset is this far from the truth at most. */
  readonly uncertaintyNs: bigint;
}

export class OffsetBounds {
  #least: bigint | undefined;
  #most: bigint | undefined;

  /** `clockNs`: what the process's clock said between two readings of the engine's. */
  observe(clockNs: bigint, askedNs: bigint, answeredNs: bigint): void {
    const [least, most] = [clockNs - answeredNs, clockNs - askedNs];
    const [narrowLeast, narrowMost] = [larger(least, this.#least ?? least), smaller(most, this.#most ?? most)];
    const isContradiction = narrowLeast > narrowMost;
    this.#least = isContradiction ? least : narrowLeast;
    this.#most = isContradiction ? most : narrowMost;
  }

  get value(): ClockOffset | undefined {
    if (this.#least === undefined || this.#most === undefined) return undefined;
    const offsetNs = (this.#least + this.#most) / 2n;
    return { offsetNs, uncertaintyNs: larger(this.#most - offsetNs, offsetNs - this.#least) };
  }
}

const larger = (one: bigint, other: bigint): bigint => (one > other ? one : other);
const smaller = (one: bigint, other: bigint): bigint => (one < other ? one : other);
