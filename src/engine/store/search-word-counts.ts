// How often words came lately, by their hashes and about: which of them are worth learning. What is counted is small enough to
// stay near the processor, where looking for each rare word among all others would not be.

/** By the upper and the lower half of a hash together. */
const cellCount = 1 << 16;
/** After so many words each count is halved: what comes seldom is forgotten. */
const halvedAfter = cellCount / 2;
/** One that comes once in 13,000 words gets there. */
export const leastOften = 5;
/** In a cell: whether a word is learned whose hash is like that, and how often others came. */
const [isLearned, mostCounted] = [0x80, 0x7f];

export class WordCounts {
  /** By `cellOf`: what is below `leastOften` is of words that are not learned. */
  readonly cells = new Uint8Array(cellCount);
  #counted = 0;

  /** Whoever counts words in `cells` says how many. */
  counted(words: number): void {
    this.#counted += words;
    if (this.#counted >= halvedAfter) this.#halve();
  }

  /** Whether a word with this hash, which is not learned, has come often, once more now: then it is to be learned. */
  isOften(hash: number): boolean {
    const cell = cellOf(hash);
    const count = (this.cells[cell] ?? 0) + 1;
    if ((count & mostCounted) >= leastOften) {
      this.cells[cell] = isLearned;
      return true;
    }
    this.cells[cell] = count;
    this.counted(1);
    return false;
  }

  /** A word with this hash is learned. */
  learned(hash: number): void {
    this.cells[cellOf(hash)] = isLearned;
  }

  clear(): void {
    this.cells.fill(0);
    this.#counted = 0;
  }

  #halve(): void {
    // Four at a time.
    const fours = new Uint32Array(this.cells.buffer);
    for (let at = 0; at < fours.length; at++) {
      const four = fours[at] ?? 0;
      fours[at] = ((four >>> 1) & 0x3f3f3f3f) | (four & 0x80808080);
    }
    this.#counted = 0;
  }
}

const cellOf = (hash: number): number => (hash ^ (hash >>> 16)) & (cellCount - 1);
