// Where numbers leave the band that those before them kept to: from their 1st to their 99th percentile, and as wide again on both
// sides. Two in a row have to be outside: one alone is a spike. Nothing is learned from a stretch while it is outside; once it is
// over, or has lasted for long, it belongs to what is known. No season is known here: what comes once a
// day is new each time.
import { firstWhere } from "./first-where.js";

/** How many numbers a band is learned from, and from how many at least. */
export const [learned, leastLearned] = [500, 60];
/** So many in a row are usual from then on. */
export const settledAfter = 60;
const edge = 0.01;
const leastInARow = 2;

/** Places, both included. */
export interface OutOfBand {
  readonly first: number;
  readonly last: number;
}

/** NaN is outside of nothing, and nothing is learned from it. */
export function outOfBand(values: Float64Array): readonly OutOfBand[] {
  const stretches: OutOfBand[] = [];
  const known = new Known();
  let outside: number[] = [];
  const close = (end: number): void => {
    if (outside.length >= leastInARow) stretches.push({ first: end - outside.length, last: end - 1 });
    for (const value of outside) known.learn(value);
    outside = [];
  };
  for (const [at, value] of values.entries()) {
    if (Number.isNaN(value)) close(at);
    else if (known.size >= leastLearned && isOutside(value, known)) {
      outside.push(value);
      if (outside.length === settledAfter) close(at + 1);
    } else {
      close(at);
      known.learn(value);
    }
  }
  close(values.length);
  return stretches;
}

function isOutside(value: number, known: Known): boolean {
  const [low, high] = [known.at(edge), known.at(1 - edge)];
  // Of a series that never changed any change is news, but not the last digit of a computation.
  const width = Math.max(high - low, 1e-9 * Math.max(Math.abs(low), Math.abs(high)));
  return value > high + width || value < low - width;
}

/** The numbers that were learned last, also in the order of their values. */
class Known {
  readonly #inTime: number[] = [];
  readonly #sorted: number[] = [];

  get size(): number {
    return this.#sorted.length;
  }

  at(share: number): number {
    const place = share * (this.size - 1);
    return this.#sorted[share < 0.5 ? Math.floor(place) : Math.ceil(place)] ?? NaN;
  }

  learn(value: number): void {
    this.#sorted.splice(this.#placeOf(value), 0, value);
    this.#inTime.push(value);
    const gone = this.size > learned ? this.#inTime.shift() : undefined;
    if (gone !== undefined) this.#sorted.splice(this.#placeOf(gone), 1);
  }

  #placeOf(value: number): number {
    return firstWhere(this.size, (at) => (this.#sorted[at] ?? Infinity) >= value);
  }
}
