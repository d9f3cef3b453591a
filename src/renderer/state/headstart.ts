// Where the playhead goes, State is read most closely. What other panes ask in the same moment waits until its questions are
// answered, but no longer than a moment: else all of them share the engine, and State comes last of all.

const longestMs = 30;

export class Headstart {
  readonly #running = new Set<Promise<unknown>>();
  /** Until it was answered once the engine has everything to learn yet, and nobody waits for it. */
  #isKnown = false;

  /** A question of those that go first, which was just asked. */
  lead<Value>(answer: Promise<Value>): Promise<Value> {
    this.#running.add(answer);
    const done = (): void => {
      this.#isKnown = true;
      this.#running.delete(answer);
    };
    answer.then(done, done);
    return answer;
  }

  /** Before another one is asked. */
  async wait(): Promise<void> {
    // Those that are asked in the same turn come first, too.
    await Promise.resolve();
    if (!this.#isKnown || this.#running.size === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const moment = new Promise((resolve) => (timer = setTimeout(resolve, longestMs)));
    await Promise.race([Promise.allSettled([...this.#running]), moment]);
    clearTimeout(timer);
  }
}
