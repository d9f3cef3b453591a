// Which objects hold an object, and in how many places each. Most have one holder that holds them once, so that is
// kept without a Map of its own.
import type { ObjectId } from "../../shared/trace/value.js";
import { PagedMap } from "./paged-map.js";

export class Holders {
  readonly #holders: PagedMap<ObjectId | Map<ObjectId, number>>;
  /** Objects whose Map no fork shares; others are copied before their first change. */
  #owned = new Set<ObjectId>();

  constructor(holders: PagedMap<ObjectId | Map<ObjectId, number>> = new PagedMap()) {
    this.#holders = holders;
  }

  fork(): Holders {
    this.#owned = new Set();
    return new Holders(this.#holders.fork());
  }

  add(held: ObjectId, holder: ObjectId): void {
    const known = this.#holders.get(held);
    if (known === undefined) this.#holders.set(held, holder);
    else if (typeof known === "number")
      this.#own(held, known === holder ? new Map([[known, 2]]) : new Map([[known, 1]]).set(holder, 1));
    else {
      const counts = this.#changeable(held, known);
      counts.set(holder, (counts.get(holder) ?? 0) + 1);
    }
  }

  /** Returns whether that was the last holder. */
  remove(held: ObjectId, holder: ObjectId): boolean {
    const known = this.#holders.get(held);
    if (known === undefined) return false;
    if (typeof known === "number") {
      if (known === holder) this.#holders.delete(held);
      return known === holder;
    }
    const counts = this.#changeable(held, known);
    const count = counts.get(holder);
    if (count === undefined) return false;
    if (count > 1) counts.set(holder, count - 1);
    else counts.delete(holder);
    if (counts.size > 0) return false;
    this.#holders.delete(held);
    return true;
  }

  has(held: ObjectId): boolean {
    return this.#holders.get(held) !== undefined;
  }

  /** In how many places of one object. */
  count(held: ObjectId, holder: ObjectId): number {
    const known = this.#holders.get(held);
    if (typeof known === "number") return known === holder ? 1 : 0;
    return known?.get(holder) ?? 0;
  }

  of(held: ObjectId): Iterable<ObjectId> {
    const known = this.#holders.get(held);
    if (known === undefined) return [];
    return typeof known === "number" ? [known] : known.keys();
  }

  #changeable(held: ObjectId, known: Map<ObjectId, number>): Map<ObjectId, number> {
    if (this.#owned.has(held)) return known;
    return this.#own(held, new Map(known));
  }

  #own(held: ObjectId, counts: Map<ObjectId, number>): Map<ObjectId, number> {
    this.#holders.set(held, counts);
    this.#owned.add(held);
    return counts;
  }
}
