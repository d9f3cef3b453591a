// Trace and span ids of calls. Random bytes for each would cost more than all else: here they follow from the call's number, mixed with
// what is random for this thread, so that no two calls of it have the same, and those of others hardly.
import { RandomIds } from "./random-ids.js";

/** The id of the span above, as words; both 0 for none. */
export interface IdWords {
  readonly first: number;
  readonly second: number;
}

export const noWords: IdWords = { first: 0, second: 0 };

/** Of what a call is part of. */
export class CallTrace {
  #bytes: Uint8Array | undefined;

  constructor(
    readonly one: number,
    readonly two: number,
    readonly three: number,
    readonly four: number,
  ) {}

  static of(traceId: Uint8Array): CallTrace {
    return new CallTrace(wordAt(traceId, 0), wordAt(traceId, 4), wordAt(traceId, 8), wordAt(traceId, 12));
  }

  get bytes(): Uint8Array {
    return (this.#bytes ??= bytesOf([this.one, this.two, this.three, this.four]));
  }
}

export class CallIds {
  readonly #seed = new RandomIds().next(24);
  /** A span id with a first half that is not 0 is one, whatever the second is. */
  readonly #first = wordAt(this.#seed, 0) | 1;
  readonly #spans = wordAt(this.#seed, 4);
  readonly #one = wordAt(this.#seed, 8) | 1;
  readonly #two = wordAt(this.#seed, 12);
  readonly #three = wordAt(this.#seed, 16);
  readonly #four = wordAt(this.#seed, 20);

  /** Of a call that nothing is above. */
  newTrace(number: number): CallTrace {
    const mixed = mix(number);
    return new CallTrace(this.#one, this.#two, this.#three ^ mix(mixed), this.#four ^ mixed);
  }

  /** Of a call's span. */
  wordsOf(number: number): IdWords {
    return { first: this.#first, second: this.#spans ^ mix(number) };
  }

  spanId(number: number): Uint8Array {
    return bytesOf([this.#first, this.#spans ^ mix(number)]);
  }

  /** Trace, span and span above, as a record has them. */
  write(view: DataView, at: number, trace: CallTrace, number: number, above: IdWords): void {
    view.setInt32(at, trace.one, true);
    view.setInt32(at + 4, trace.two, true);
    view.setInt32(at + 8, trace.three, true);
    view.setInt32(at + 12, trace.four, true);
    view.setInt32(at + 16, this.#first, true);
    view.setInt32(at + 20, this.#spans ^ mix(number), true);
    view.setInt32(at + 24, above.first, true);
    view.setInt32(at + 28, above.second, true);
  }
}

/** To each number another: both what is multiplied by and what is shifted out can be undone. */
function mix(number: number): number {
  const mixed = Math.imul(number ^ (number >>> 16), 0x7feb352d);
  return mixed ^ (mixed >>> 15);
}

export const wordsOfId = (spanId: Uint8Array): IdWords => ({ first: wordAt(spanId, 0), second: wordAt(spanId, 4) });

const wordAt = (bytes: Uint8Array, at: number): number =>
  (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);

function bytesOf(words: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  words.forEach((word, at) => view.setInt32(4 * at, word, true));
  return bytes;
}
