// What rows of one name are made of: most often of the same as the row before, at least in part.
import { type TextSet, grown } from "./search-text-set.js";

const mostPlaces = 32;
/** After so many texts at a place that were new, that many are not even looked up. */
const [newInARow, notLookedUp] = [16, 239];

/** As long as a text is at the same place of each row, nothing is noted. */
export class TextMemo {
  /** Of its rows. */
  positions = new Uint16Array(64);
  #rows = 0;
  /** What is at each place now, -1 for nothing, and since which of the rows. */
  readonly texts = new Int32Array(mostPlaces).fill(-1);
  readonly #since = new Int32Array(mostPlaces);
  #places = 0;
  /** How many at each place were new one after the other. */
  readonly #new = new Uint8Array(mostPlaces);
  /** What is in all of its rows. */
  #everywhere: readonly number[] = [];

  /** One more row. */
  begin(position: number): void {
    if (this.#rows === this.positions.length) this.positions = grown(this.positions, new Uint16Array(2 * this.#rows));
    this.positions[this.#rows++] = position;
  }

  get isEmpty(): boolean {
    return this.#rows === 0;
  }

  /** These texts are in all of its rows as well. */
  alsoHas(texts: readonly number[]): void {
    this.#everywhere = texts;
  }

  /** What is at this place is always new. */
  isAlwaysNew(place: number): boolean {
    const count = this.#new[place] ?? 0;
    if (count < newInARow) return false;
    this.#new[place] = count === notLookedUp ? 0 : count + 1;
    return true;
  }

  /** Another text from this row on. */
  set(set: TextSet, place: number, text: number): void {
    const row = this.#rows - 1;
    if (place >= mostPlaces) return set.occur(text, this.positions[row] ?? 0);
    this.#note(set, place, row);
    this.#new[place] = text < 0 ? (this.#new[place] ?? 0) + 1 : 0;
    this.texts[place] = text;
    this.#since[place] = row;
    if (place >= this.#places) this.#places = place + 1;
  }

  /** From place `from` on there is nothing in this row. */
  end(set: TextSet, from: number): void {
    for (let place = from; place < this.#places; place++) {
      this.#note(set, place, this.#rows - 1);
      this.texts[place] = -1;
    }
    this.#places = Math.min(from, this.#places);
  }

  /** There are no more rows. */
  close(set: TextSet): void {
    for (const text of this.#everywhere) set.occurRun(text, this, 0, this.#rows);
    for (let place = 0; place < this.#places; place++) this.#note(set, place, this.#rows);
  }

  #note(set: TextSet, place: number, row: number): void {
    const text = this.texts[place] ?? -1;
    const since = this.#since[place] ?? 0;
    if (text < 0) return;
    if (row - since <= 1) set.occur(text, this.positions[since] ?? 0);
    else set.occurRun(text, this, since, row);
  }
}
