// Spans that are open, by their row: what an open span is found by changes when it ends. Those of blocks that are written are
// told to readers, who look at them again.
import { spanKey } from "./waiting-rows.js";

/** With more, readers look at all spans. */
const mostKept = 100_000;

export class OpenSpans {
  readonly #rows = new Map<number, number>();
  /** Rows of earlier blocks that ended since the last block was written. */
  #changed: number[] = [];
  #hasClosed = false;
  /** Nobody knows which are open. */
  #isLost = false;

  began(process: number, span: number, row: number): void {
    this.#rows.set(spanKey(process, span), row);
    if (this.#rows.size > mostKept) this.lose();
  }

  /** Its row, if it is known. */
  ended(process: number, span: number): number | undefined {
    const key = spanKey(process, span);
    const row = this.#rows.get(key);
    this.#rows.delete(key);
    return row;
  }

  /** A row of an earlier block is among those of the open block now. */
  changed(row: number): void {
    this.#changed.push(row);
  }

  /** The open block was written. */
  closed(): void {
    this.#changed = [];
    this.#hasClosed = true;
  }

  /** Whether a block was written since this was asked last: then readers are told which rows may change after it. */
  takeIsToBeTold(): boolean {
    const hasClosed = this.#hasClosed;
    this.#hasClosed = false;
    return hasClosed;
  }

  /** Then what spans say since they ended is in no block. */
  get isLost(): boolean {
    return this.#isLost;
  }

  lose(): void {
    this.#isLost = true;
    this.#rows.clear();
    this.#changed = [];
  }

  /** Of rows before `end`, which are in blocks; undefined when nobody knows. */
  places(end: number): Uint8Array | undefined {
    if (this.#isLost) return undefined;
    const rows = [...this.#rows.values(), ...this.#changed].filter((row) => row < end);
    return new Uint8Array(Uint32Array.from(rows).buffer);
  }
}
