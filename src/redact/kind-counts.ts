// How often each kind of secret was met.

export class KindCounts {
  #counts = new Map<string, number>();
  #isCounting = true;

  get all(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  add(kind: string): void {
    if (this.#isCounting) this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** Counts nothing of what `work` meets: it only wants to know. */
  uncounted<Answer>(work: () => Answer): Answer {
    this.#isCounting = false;
    try {
      return work();
    } finally {
      this.#isCounting = true;
    }
  }

  /** Since they were taken last. */
  take(): ReadonlyMap<string, number> {
    const counts = this.#counts;
    this.#counts = new Map();
    return counts;
  }
}
