// Queues that grow a piece at a time: an array of a million is copied whole when it grows, which takes milliseconds.
import type { Followed } from "./followed.js";

const pieceLength = 4096;

export class LongQueue<Item> {
  #pieces: Item[][] = [];
  /** Of the first piece, how many were taken. */
  #taken = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: Item): void {
    let last = this.#pieces[this.#pieces.length - 1];
    if (last === undefined || last.length >= pieceLength) this.#pieces[this.#pieces.length] = last = [];
    last[last.length] = item;
    this.#size++;
  }

  /** The one that is there for longest; undefined when there is none. */
  take(): Item | undefined {
    const first = this.#pieces[0];
    if (first === undefined) return undefined;
    const item = first[this.#taken++];
    this.#size--;
    if (this.#taken >= first.length) this.#dropFirst();
    return item;
  }

  clear(): void {
    this.#pieces = [];
    this.#taken = 0;
    this.#size = 0;
  }

  #dropFirst(): void {
    const rest: Item[][] = [];
    for (let at = 1; at < this.#pieces.length; at++) {
      const piece = this.#pieces[at];
      if (piece !== undefined) rest[rest.length] = piece;
    }
    this.#pieces = rest;
    this.#taken = 0;
  }
}

/** Objects with what is known of them, which would have to be looked up. */
export class ObjectQueue {
  readonly #objects = new LongQueue<object>();
  readonly #entries = new LongQueue<Followed>();
  /** Of the object taken last. */
  entry: Followed | undefined;

  get size(): number {
    return this.#objects.size;
  }

  push(object: object, entry: Followed): void {
    this.#objects.push(object);
    this.#entries.push(entry);
  }

  take(): object | undefined {
    this.entry = this.#entries.take();
    return this.#objects.take();
  }

  clear(): void {
    this.#objects.clear();
    this.#entries.clear();
  }
}
