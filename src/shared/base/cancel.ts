// Being told to stop: by who asked, across threads and processes. Shared code has neither DOM nor Node types.

/** Thrown by work that was told to stop. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";

  constructor() {
    super("cancelled");
  }
}

export interface CancelSignal {
  readonly aborted: boolean;
  /** Called once, at once when it is too late already. What is given back takes the listener away. */
  onAbort(listener: () => void): () => void;
}

export const neverCancelled: CancelSignal = { aborted: false, onAbort: () => () => undefined };

export class CancelSource implements CancelSignal {
  readonly #listeners = new Set<() => void>();
  #isAborted = false;

  get aborted(): boolean {
    return this.#isAborted;
  }

  onAbort(listener: () => void): () => void {
    if (this.#isAborted) listener();
    else this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }
}

export function throwIfCancelled(signal: CancelSignal): void {
  if (signal.aborted) throw new Cancelled();
}
