// How often words came lately, by their hashes and about: which of them are worth learning. What is counted is small enough to
// stay near the processor, where looking for each rare word among all others would not be.

const cells = 1 << 16;
/** After so many words each count is halved: what comes seldom is forgotten. */
const halvedAfter = cells / 2;
/** One that comes once in 13,000 words gets there. */
const often = 5;

export class WordCounts {
  readonly #counts = new Uint8Array(cells);
  #counted = 0;

  /** Whether a word with this hash has come often, once more now. */
  isOften(hash: number): boolean {
    const cell = (hash ^ (hash >>> 16)) & (cells - 1);
    const count = (this.#counts[cell] ?? 0) + 1;
    if (count >= often) {
      this.#counts[cell] = 0;
      return true;
    }
    this.#counts[cell] = count;
    if (++this.#counted === halvedAfter) this.#halve();
    return false;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#counted = 0;
  }

  #halve(): void {
    // Four at a time.
    const fours = new Uint32Array(this.#counts.buffer);
    for (let at = 0; at < fours.length; at++) fours[at] = ((fours[at] ?? 0) >>> 1) & 0x7f7f7f7f;
    this.#counted = 0;
  }
}
