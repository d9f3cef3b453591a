// The segments of a process that were looked at lately, with the objects that were brought to some position in them.
import type { SegmentState } from "./replay/segments/segment-state.js";

const mostStates = 4;
/** Beyond this only the one looked at is kept, which may be as large as what somebody looks at. */
const mostBytes = 192 * 1024 * 1024;

export class SegmentStates {
  readonly #states = new Map<number, SegmentState>();

  /** The one looked at last is let go of last. */
  of(segment: number, begin: () => SegmentState): SegmentState {
    const state = this.#states.get(segment) ?? begin();
    this.#states.delete(segment);
    this.#states.set(segment, state);
    let bytes = 0;
    for (const one of this.#states.values()) bytes += one.bytes;
    for (const [oldest, { bytes: ofOldest }] of this.#states) {
      if (this.#states.size === 1 || (this.#states.size <= mostStates && bytes <= mostBytes)) break;
      this.#states.delete(oldest);
      bytes -= ofOldest;
    }
    return state;
  }

  delete(segment: number): void {
    this.#states.delete(segment);
  }

  clear(): void {
    this.#states.clear();
  }
}
