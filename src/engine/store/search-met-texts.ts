// Texts that were met once, until they come again: most never do.
import { copyInto } from "./copy-into.js";

/** How many are kept in mind, and their bytes. */
const [metOnce, mostMetBytes] = [8192, 1 << 20];
const longText = 1 << 16;

export type TakeRare = (bytes: Uint8Array, start: number, end: number, position: number) => void;

/** Each that does not come again soon is given away as a rare one. */
export class MetTexts {
  readonly #firsts = new Int32Array(metOnce);
  readonly #seconds = new Int32Array(metOnce);
  readonly #starts = new Uint32Array(metOnce);
  /** 0 where there is none. */
  readonly #ends = new Uint32Array(metOnce);
  readonly #positions = new Uint16Array(metOnce);
  #bytes = Buffer.allocUnsafe(8192);
  #used = 0;
  readonly #takeRare: TakeRare;

  constructor(takeRare: TakeRare) {
    this.#takeRare = takeRare;
  }

  /** The text from `start` to `end` with this hash is met: where it was met before, or -1; then it is kept in mind. */
  meet(first: number, second: number, from: Uint8Array, start: number, end: number, position: number): number {
    const met = (second ^ (second >>> 15)) & (metOnce - 1);
    if (this.#ends[met] !== 0) {
      if (this.#firsts[met] === first && this.#seconds[met] === second) {
        this.#ends[met] = 0;
        return this.#positions[met] ?? 0;
      }
      this.#giveAway(met);
    }
    this.#keep(met, from, start, end, position);
    this.#firsts[met] = first;
    this.#seconds[met] = second;
    return -1;
  }

  /** Nothing that was met once is kept in mind any more. */
  giveAwayAll(): void {
    for (let met = 0; met < metOnce; met++) this.#giveAway(met);
    this.#used = 0;
  }

  clear(): void {
    this.#ends.fill(0);
    this.#used = 0;
  }

  #giveAway(met: number): void {
    const end = this.#ends[met] ?? 0;
    if (end === 0) return;
    this.#ends[met] = 0;
    this.#takeRare(this.#bytes, this.#starts[met] ?? 0, end, this.#positions[met] ?? 0);
  }

  #keep(met: number, from: Uint8Array, start: number, end: number, position: number): void {
    const length = end - start;
    if (length > longText) return this.#takeRare(from, start, end, position);
    if (this.#used + length > this.#bytes.length) this.#makeRoom(length);
    const used = this.#used;
    copyInto(this.#bytes, used, from, start, end);
    this.#starts[met] = used;
    this.#ends[met] = this.#used = used + length;
    this.#positions[met] = position;
  }

  #makeRoom(length: number): void {
    if (this.#used > mostMetBytes) this.giveAwayAll();
    if (this.#used + length <= this.#bytes.length) return;
    const bytes = Buffer.allocUnsafe(2 * (this.#bytes.length + length));
    this.#bytes.copy(bytes, 0, 0, this.#used);
    this.#bytes = bytes;
  }
}
