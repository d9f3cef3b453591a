// Which span posted a message to another thread: kept beside the messages, in memory that both ends have, so that no message is
// changed. Bounded: of messages that wait for long the place is taken by later ones, and they come without a span, as do those
// of two threads that write the same place at once.
import type { OpenSpan, SpanParent } from "./record-sink.js";
import { takerOf } from "./pipeline/span-handling.js";

const places = 512;
/** Of a place, after its version, which is odd while it is written: of which message it is, and where that hangs. */
const [threadAt, directionAt, numberAt, leftOutAt, idsAt] = [1, 2, 3, 4, 5];
const traceIdBytes = 16;
/** Of a trace's id and a span's. */
const idWords = 6;
const wordsEach = idsAt + idWords;

export const postedBytes = places * wordsEach * 4;

/** To which of the two ends a message goes. */
export type Direction = 0 | 1;

export class PostedContexts {
  /** All by Atomics: else processors may show their changes in another order. */
  readonly #words: Int32Array;
  readonly #ids = new Int32Array(idWords);
  readonly #idBytes = new Uint8Array(this.#ids.buffer);

  constructor(readonly memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  /** Of the message of that number, before it is posted; `undefined`: it is of no span. */
  note(thread: number, direction: Direction, number: number, span: OpenSpan | undefined): void {
    const words = this.#words;
    const at = placeOf(thread, direction, number);
    if (span === undefined && !this.#isAbout(at, thread, direction, number)) return;
    const version = Atomics.load(words, at);
    if ((version & 1) === 1 || Atomics.compareExchange(words, at, version, version + 1) !== version) return;
    Atomics.store(words, at + threadAt, thread);
    Atomics.store(words, at + directionAt, direction);
    Atomics.store(words, at + numberAt, span === undefined ? 0 : number);
    if (span !== undefined) {
      span.isTold = true;
      Atomics.store(words, at + leftOutAt, takerOf(span.handling) === undefined ? 0 : 1);
      this.#idBytes.set(span.traceId);
      this.#idBytes.set(span.spanId, traceIdBytes);
      for (let n = 0; n < idWords; n++) Atomics.store(words, at + idsAt + n, this.#ids[n] ?? 0);
    }
    Atomics.store(words, at, (version + 2) | 0);
  }

  /** Where what the message leads to hangs; undefined when that is not known, or nowhere. */
  find(thread: number, direction: Direction, number: number): SpanParent | undefined {
    const words = this.#words;
    const at = placeOf(thread, direction, number);
    const version = Atomics.load(words, at);
    if ((version & 1) === 1 || !this.#isAbout(at, thread, direction, number)) return undefined;
    const isLeftOut = Atomics.load(words, at + leftOutAt) === 1;
    for (let n = 0; n < idWords; n++) this.#ids[n] = Atomics.load(words, at + idsAt + n);
    // It may have been written meanwhile.
    if (Atomics.load(words, at) !== version) return undefined;
    const [traceId, spanId] = [this.#idBytes.slice(0, traceIdBytes), this.#idBytes.slice(traceIdBytes)];
    return { kind: "remote", traceId, spanId, ...(isLeftOut ? { isLeftOut } : {}) };
  }

  #isAbout(at: number, thread: number, direction: Direction, number: number): boolean {
    const words = this.#words;
    return (
      Atomics.load(words, at + numberAt) === number &&
      Atomics.load(words, at + threadAt) === thread &&
      Atomics.load(words, at + directionAt) === direction
    );
  }
}

/** Those of one thread follow each other. */
const placeOf = (thread: number, direction: Direction, number: number): number =>
  wordsEach * ((number + 2 * 37 * thread + 37 * direction) % places);
