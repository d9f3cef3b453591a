// How much of the search indexes of all recordings together is kept in memory. Who was searched last has it: others give theirs up.

/** What ten million rows of a hundred bytes take, of words as different as people's. */
const mostBytes = 240 * 1024 * 1024;

interface Owner {
  forget(): void;
}

export class KeptRoom {
  /** By who has them, who was used last behind the others. */
  readonly #bytes = new Map<Owner, number>();
  #used = 0;

  constructor(readonly most = mostBytes) {}

  get bytes(): number {
    return this.#used;
  }

  used(owner: Owner): void {
    const bytes = this.#bytes.get(owner) ?? 0;
    this.#bytes.delete(owner);
    this.#bytes.set(owner, bytes);
  }

  /** False where there is no room, also when all that were used longer ago give theirs up. */
  take(owner: Owner, bytes: number): boolean {
    for (const [other] of this.#bytes) {
      if (other === owner || this.#used + bytes <= this.most) break;
      this.leave(other);
      other.forget();
    }
    if (this.#used + bytes > this.most) return false;
    this.#used += bytes;
    this.#bytes.set(owner, (this.#bytes.get(owner) ?? 0) + bytes);
    return true;
  }

  leave(owner: Owner): void {
    this.#used -= this.#bytes.get(owner) ?? 0;
    this.#bytes.delete(owner);
  }
}
