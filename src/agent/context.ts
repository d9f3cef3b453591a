// The span that the running code belongs to, followed through awaits, timers and callbacks.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Attributes } from "../shared/trace/attributes.js";
import type { OpenSpan, SpanParent } from "./record-sink.js";

/**
 * How far what is said of a record's or span's context is to be trusted, where that is known to be less than fully: "ended",
 * the span was over when this was recorded; of a request served, "lost" or "other", what answered it ran in no span or in one
 * of another trace; of a span, "unseen", it went on when nobody looked any more.
 */
export const contextAttribute = "hindcast.context";
export const afterEnd: Attributes = { [contextAttribute]: "ended" };
export const unseenEnd: Attributes = { [contextAttribute]: "unseen" };

/** As much of an AsyncLocalStorage as is used here. */
export interface SpanStorage {
  getStore(): OpenSpan | undefined;
  run<Result>(span: OpenSpan | undefined, work: () => Result): Result;
  exit<Result>(work: () => Result): Result;
  enterWith(span: OpenSpan | undefined): void;
  disable(): void;
}

export class SpanContext {
  readonly #storage: SpanStorage;
  /** The call that runs, where it is one within this span, or within none. */
  callIn: ((within: OpenSpan | undefined) => OpenSpan | undefined) | undefined;

  constructor(storage: SpanStorage = new AsyncLocalStorage<OpenSpan | undefined>()) {
    this.#storage = storage;
  }

  /** Without the calls that run in it. */
  get stored(): OpenSpan | undefined {
    return this.#storage.getStore();
  }

  get current(): OpenSpan | undefined {
    const stored = this.#storage.getStore();
    return this.callIn === undefined ? stored : (this.callIn(stored) ?? stored);
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
  enter(span: OpenSpan | undefined): void {
    this.#storage.enterWith(span);
  }

  dispose(): void {
    this.#storage.disable();
  }
}

/**
 * What lives on in the program, a kept connection say, holds what was stored while it was made for as long as it lives. Here
 * that is an empty object of the program's own, so that nothing of an agent that has left stays for its sake.
 */
export class ForgettableStorage implements SpanStorage {
  readonly #storage = new AsyncLocalStorage<object | undefined>();
  readonly #spans = new WeakMap<object, OpenSpan>();
  readonly #makeObject: () => object;

  constructor(makeObject: () => object) {
    this.#makeObject = makeObject;
  }

  getStore(): OpenSpan | undefined {
    const kept = this.#storage.getStore();
    return kept === undefined ? undefined : this.#spans.get(kept);
  }

  run<Result>(span: OpenSpan | undefined, work: () => Result): Result {
    return this.#storage.run(span === undefined ? undefined : this.#keptFor(span), work);
  }

  exit<Result>(work: () => Result): Result {
    return this.#storage.exit(work);
  }

  enterWith(span: OpenSpan | undefined): void {
    this.#storage.enterWith(span === undefined ? undefined : this.#keptFor(span));
  }

  disable(): void {
    this.#storage.disable();
  }

  #keptFor(span: OpenSpan): object {
    const kept = this.#makeObject();
    this.#spans.set(kept, span);
    return kept;
  }
}
