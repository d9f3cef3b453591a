// Trace and span ids: random bytes, fetched many at a time.
import { randomFillSync } from "node:crypto";

// Saved as it is when we are loaded: a program's tests may replace it by something that is not random.
const fill = randomFillSync;

export class RandomIds {
  readonly #pool = new Uint8Array(4096);
  #at = 4096;

  /** `count` bytes that are not all zero, which would mean "none". */
  next(count: number): Uint8Array {
    if (this.#at + count > this.#pool.length) {
      fill(this.#pool);
      this.#at = 0;
    }
    const id = this.#pool.slice(this.#at, this.#at + count);
    this.#at += count;
    for (const byte of id) if (byte !== 0) return id;
    return id.fill(1);
  }
}
