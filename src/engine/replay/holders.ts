// Which objects hold an object, and in how many places each. Most have one holder that holds them once, so that is
// kept without a Map of its own.
import type { ObjectId } from "../../shared/trace/value.js";

export class Holders {
  readonly #holders = new Map<ObjectId, ObjectId | Map<ObjectId, number>>();

  add(held: ObjectId, holder: ObjectId): void {
    const known = this.#holders.get(held);
    if (known === undefined) this.#holders.set(held, holder);
    else if (typeof known === "number")
      this.#holders.set(held, known === holder ? new Map([[known, 2]]) : new Map([[known, 1]]).set(holder, 1));
    else known.set(holder, (known.get(holder) ?? 0) + 1);
  }

  /** Returns whether that was the last holder. */
  remove(held: ObjectId, holder: ObjectId): boolean {
    const known = this.#holders.get(held);
    if (known === undefined) return false;
    if (typeof known === "number") return known === holder && this.#holders.delete(held);
    const count = known.get(holder);
    if (count === undefined) return false;
    if (count > 1) known.set(holder, count - 1);
    else known.delete(holder);
    return known.size === 0 && this.#holders.delete(held);
  }

  has(held: ObjectId): boolean {
    return this.#holders.has(held);
  }

  of(held: ObjectId): Iterable<ObjectId> {
    const known = this.#holders.get(held);
    if (known === undefined) return [];
    return typeof known === "number" ? [known] : known.keys();
  }
}
