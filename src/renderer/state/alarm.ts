// Rings once, at a time that is put off again and again. To set a timer and to clear it takes a page longer than much of what it waits
// for: one that was set runs on, and looks whether it is time.

export class Alarm {
  readonly #ring: () => void;
  #dueMs = Infinity;
  /** When the first of the timers ends that run. */
  #endsMs = Infinity;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** On the clock of `performance.now()`, instead of when it was to ring before. */
  ringAt(dueMs: number): void {
    this.#dueMs = dueMs;
    this.#wait();
  }

  stop(): void {
    this.#dueMs = Infinity;
  }

  #wait(): void {
    const endsMs = this.#dueMs;
    if (endsMs >= this.#endsMs) return;
    this.#endsMs = endsMs;
    setTimeout(() => this.#look(endsMs), Math.max(0, endsMs - performance.now()));
  }

  #look(endsMs: number): void {
    if (this.#endsMs === endsMs) this.#endsMs = Infinity;
    if (this.#dueMs > performance.now()) this.#wait();
    else {
      this.#dueMs = Infinity;
      this.#ring();
    }
  }
}
