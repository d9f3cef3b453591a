// The span that the running code belongs to, followed through awaits, timers and callbacks.
import { AsyncLocalStorage } from "node:async_hooks";
import type { OpenSpan, SpanParent } from "./record-sink.js";

export class SpanContext {
  readonly #storage = new AsyncLocalStorage<OpenSpan | undefined>();

  get current(): OpenSpan | undefined {
    return this.#storage.getStore();
  }

  /** The current span as a parent of a new one. */
  get asParent(): SpanParent {
    const span = this.current;
    return span === undefined ? { kind: "none" } : { kind: "local", span };
  }

  run<Result>(span: OpenSpan, work: () => Result): Result {
    return this.#storage.run(span, work);
  }

  /** In the span that was current when something was asked for, or in none. Runs at once where that is so anyway. */
  resume<Result>(span: OpenSpan | undefined, work: () => Result): Result {
    return this.#storage.getStore() === span ? work() : this.#storage.run(span, work);
  }

  /** For timers of our own: what they find must not be put down to the span in which they happened to be started. */
  runOutside<Result>(work: () => Result): Result {
    return this.#storage.exit(work);
  }

  /** From here to the end of this tick's callback, and in everything it starts. */
  enter(span: OpenSpan): void {
    this.#storage.enterWith(span);
  }

  dispose(): void {
    this.#storage.disable();
  }
}
