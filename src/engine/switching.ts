// While a file is closed and opened again, whoever asks about it waits.

export class Switching {
  #running: Promise<void> | undefined;

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Resolves when no file is on its way. */
  async over(): Promise<void> {
    await this.#running;
  }

  async during<Value>(work: () => Promise<Value>): Promise<Value> {
    let finished = (): void => undefined;
    this.#running = new Promise((resolve) => {
      finished = resolve;
    });
    try {
      return await work();
    } finally {
      this.#running = undefined;
      finished();
    }
  }
}
