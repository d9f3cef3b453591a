// What keeps the agent a guest: originals saved before anyone patches them, no re-entry, faults counted instead of thrown.

/** Everything of the runtime that the agent relies on, as it was when the agent was loaded. */
export interface Originals {
  /** Milliseconds since `timeOriginMs`. */
  readonly now: () => number;
  readonly timeOriginMs: number;
  readonly setInterval: typeof setInterval;
  readonly clearInterval: typeof clearInterval;
}

export function saveOriginals(): Originals {
  return {
    now: performance.now.bind(performance),
    timeOriginMs: performance.timeOrigin,
    setInterval: globalThis.setInterval,
    clearInterval: globalThis.clearInterval,
  };
}

export class Guest {
  #busy = false;
  #faults = 0;

  constructor(readonly originals: Originals) {}

  /** Exceptions of our own that the program never saw. */
  get faults(): number {
    return this.#faults;
  }

  get isBusy(): boolean {
    return this.#busy;
  }

  noteFault(): void {
    this.#faults++;
  }

  runAsGuest<T>(work: () => T, fallback: T): T {
    if (this.#busy) return fallback;
    this.#busy = true;
    try {
      return work();
    } catch {
      this.#faults++;
      return fallback;
    } finally {
      this.#busy = false;
    }
  }
}
