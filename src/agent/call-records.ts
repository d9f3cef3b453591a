// Calls as records of their own, written straight into the ring: where a call begins, and, if nothing else was recorded in it, its end
// in the same record. What does not fit this (call-values.ts says what is simple, the pipeline may want a look, there is no room) is
// refused, and goes a span's way: the recording says the same of it.
import { recordHeaderBytes } from "../shared/protocol/agent-record-codec.js";
import { kindCode } from "../shared/protocol/agent-records.js";
import { ByteWriter } from "../shared/protocol/bytes.js";
import { writeAttributes } from "../shared/protocol/captured-value-codec.js";
import { spanStatuses } from "../shared/trace/attributes.js";
import { argumentsFrom, resultAttribute, resultFrom } from "./call-previews.js";
import { CallIds, type CallTrace, type IdWords } from "./call-ids.js";
import { CallValues, noValue, notSimple } from "./call-values.js";
import { FlatAttributes, keyWords } from "./flat-attributes.js";
import type { RecordWriter } from "./record-writer.js";
import { isNameKey } from "../redact/name-value.js";
import { type Redaction, noRedaction } from "../redact/redactor.js";
import type { RingMemory } from "./ring.js";

const code = { start: kindCode("call-start"), call: kindCode("call"), end: kindCode("span-end") } as const;
/** What is longer than this goes a span's way. */
const mostBytes = 4096;
/** Kept for the end, which may follow in the same record. */
const endBytes = 1024;
const mostUntoldMs = 5;
const offsets = { span: 0, parent: 4, location: 8, ids: 12, has: 44, arguments: 45 } as const;
const endOffsets = { span: 0, name: 4, status: 8, attributes: 9 } as const;
const unset = spanStatuses.indexOf("unset");
const resultKey = keyWords(resultAttribute) ?? new Int32Array(0);
const resultKeyBytes = 4 + resultAttribute.length;

/** A parameter, as it is told of. */
interface Parameter {
  /** Where it is among what was given. */
  readonly at: number;
  readonly words: Int32Array;
  /** The bytes of its key. */
  readonly length: number;
  readonly isName: boolean;
}

/** A function whose calls are told of in this way. */
export interface CalledFunction {
  readonly location: number;
  readonly names: readonly string[];
  /** Of those that have a name; undefined where they are looked at one by one, since one of them may be a secret's. */
  readonly parameters: readonly Parameter[] | undefined;
}

/** A call that is told of. */
export interface ToldCall {
  readonly number: number;
  readonly trace: CallTrace;
}

export class CallRecords {
  readonly ids = new CallIds();
  readonly #memory: RingMemory;
  readonly #writer: RecordWriter;
  /** Anything of ours that may run code of the program: what that calls meanwhile is not told of. */
  readonly #guarded: <T>(work: () => T, fallback: T) => T;
  #redaction: Redaction = noRedaction;
  #values = new CallValues(noRedaction, new FlatAttributes(noRedaction));
  readonly #scratch = new ByteWriter(1024);
  /** The call that the last record began, where that record is, and up to where. */
  #lastCall = 0;
  #lastAt = 0;
  #lastEnd = 0;
  #lastHead = 0;
  #lastBytes: Uint8Array | undefined;
  #toldMs = 0;

  constructor(memory: RingMemory, writer: RecordWriter, guarded: <T>(work: () => T, fallback: T) => T) {
    this.#memory = memory;
    this.#writer = writer;
    this.#guarded = guarded;
  }

  redactWith(redaction: Redaction): void {
    this.#redaction = redaction;
    this.#values = new CallValues(redaction, new FlatAttributes(redaction));
  }

  /** `names` as the source has them, with commas between. */
  functionAt(location: number, names: string): CalledFunction {
    const all = names === "" ? [] : names.split(",");
    const named = all.flatMap((name, at) => (name === "" ? [] : [{ name, at }]));
    const isPlain =
      new Set(named.map(({ name }) => name)).size === named.length &&
      named.every(({ name }) => name.length < 64 && this.#redaction.isHarmlessName(name));
    const parameters = named.flatMap(({ name, at }): Parameter[] => {
      const words = keyWords(name);
      return words === undefined ? [] : [{ at, words, length: 4 + name.length, isName: isNameKey(name) }];
    });
    return { location, names: all, parameters: isPlain && parameters.length === named.length ? parameters : undefined };
  }

  /** False, and nothing recorded, when it cannot be told of in this way. */
  start(
    clockMs: number,
    call: ToldCall,
    parent: number,
    above: IdWords,
    called: CalledFunction,
    a: unknown,
    b: unknown,
    c: unknown,
    d: unknown,
    more: readonly unknown[] | undefined,
  ): boolean {
    let at = this.#writer.place(mostBytes);
    if (at === undefined) return false;
    let end = this.#arguments(at, called, a, b, c, d, more);
    if (end < 0) {
      // Before anything is put in place: the program's code may run, and record something.
      const given = more ?? [a, b, c, d];
      const length = this.#prepare(() => argumentsFrom(called.names, given));
      at = length === 0 ? undefined : this.#writer.place(mostBytes);
      if (at === undefined) return false;
      end = at + recordHeaderBytes + offsets.arguments + length;
      this.#memory.bytes.set(this.#scratch.bytes.subarray(0, length), end - length);
      this.#memory.bytes[end - length - 1] = 1;
    }
    const { view } = this.#memory;
    const payload = at + recordHeaderBytes;
    view.setUint32(payload + offsets.span, call.number, true);
    view.setUint32(payload + offsets.parent, parent, true);
    view.setUint32(payload + offsets.location, called.location, true);
    this.ids.write(view, payload + offsets.ids, call.trace, call.number, above);
    this.#lastHead = this.#writer.publishLater(at, code.start, clockMs, end, true);
    this.#lastCall = call.number;
    this.#lastAt = at;
    this.#lastEnd = end;
    this.#lastBytes = this.#memory.bytes;
    this.#tellWhenDue(clockMs);
    return true;
  }

  /** The same of its end. */
  end(clockMs: number, call: ToldCall, result: unknown): boolean {
    const { view, bytes } = this.#memory;
    if (call.number === this.#lastCall && bytes === this.#lastBytes && this.#writer.mayGrow(this.#lastHead)) {
      const at = this.#lastAt;
      const start = this.#lastEnd + 8;
      const end = this.#result(start, at + mostBytes - 8, result);
      if (end >= 0) {
        view.setFloat64(this.#lastEnd, clockMs, true);
        this.#writer.grow(at, (this.#lastEnd - at + 7) & ~7, code.call, end);
        this.#lastCall = 0;
        this.#tellWhenDue(clockMs);
        return true;
      }
    }
    let at = this.#writer.place(mostBytes);
    if (at === undefined) return false;
    let end = this.#result(at + recordHeaderBytes + endOffsets.attributes, at + mostBytes - 8, result);
    if (end < 0) {
      const length = this.#prepare(() => resultFrom(result));
      at = length === 0 ? undefined : this.#writer.place(mostBytes);
      if (at === undefined) return false;
      end = at + recordHeaderBytes + endOffsets.attributes + length;
      this.#memory.bytes.set(this.#scratch.bytes.subarray(0, length), end - length);
    }
    const payload = at + recordHeaderBytes;
    const { view: now } = this.#memory;
    now.setUint32(payload + endOffsets.span, call.number, true);
    now.setUint32(payload + endOffsets.name, 0, true);
    now.setUint8(payload + endOffsets.status, unset);
    this.#writer.publishLater(at, code.end, clockMs, end, false);
    this.#tellWhenDue(clockMs);
    return true;
  }

  /** Where calls are few, the worker is not kept waiting for more of them. */
  #tellWhenDue(clockMs: number): void {
    if (clockMs - this.#toldMs < mostUntoldMs) return;
    this.#toldMs = clockMs;
    this.#writer.tell();
  }

  /** Attributes of ours into the scratch; how many bytes they are, 0 where they are too many. */
  #prepare(make: () => ReturnType<typeof resultFrom>): number {
    const attributes = this.#guarded(make, undefined);
    if (attributes === undefined) return 0;
    const out = this.#scratch;
    out.at = 0;
    writeAttributes(out, this.#redaction.attributes(attributes));
    return out.at > mostBytes - endBytes - recordHeaderBytes - offsets.arguments ? 0 : out.at;
  }

  #arguments(
    at: number,
    { names, parameters }: CalledFunction,
    a: unknown,
    b: unknown,
    c: unknown,
    d: unknown,
    more: readonly unknown[] | undefined,
  ): number {
    const { view, bytes } = this.#memory;
    const start = at + recordHeaderBytes + offsets.arguments;
    bytes[start - 1] = names.length === 0 ? 0 : 1;
    if (names.length === 0) return start;
    if (parameters === undefined) return notSimple;
    const limit = at + mostBytes - endBytes;
    let to = start + 4;
    let count = 0;
    for (let n = 0; n < parameters.length; n++) {
      const parameter = parameters[n];
      if (parameter === undefined) continue;
      const { words, length } = parameter;
      const value =
        more !== undefined
          ? more[parameter.at]
          : parameter.at === 0
            ? a
            : parameter.at === 1
              ? b
              : parameter.at === 2
                ? c
                : d;
      if (to + length + 16 > limit) return notSimple;
      const end = this.#values.encode(bytes, view, to + length, limit, value, parameter.isName);
      if (end === noValue) continue;
      if (end < 0) return notSimple;
      putKey(bytes, view, to, words, length);
      to = end;
      count++;
    }
    view.setUint32(start, count, true);
    return to;
  }

  #result(start: number, limit: number, result: unknown): number {
    const { view, bytes } = this.#memory;
    if (result === undefined) {
      view.setUint32(start, 0, true);
      return start + 4;
    }
    const key = start + 4;
    if (key + resultKeyBytes + 16 > limit) return notSimple;
    const end = this.#values.encode(bytes, view, key + resultKeyBytes, limit, result, false);
    if (end === notSimple) return notSimple;
    view.setUint32(start, end === noValue ? 0 : 1, true);
    if (end === noValue) return key;
    putKey(bytes, view, key, resultKey, resultKeyBytes);
    return end;
  }
}

/** Behind it is written already: its last word may not run over. */
function putKey(bytes: Uint8Array, view: DataView, at: number, words: Int32Array, length: number): void {
  const whole = length >>> 2;
  for (let n = 0; n < whole; n++) view.setInt32(at + 4 * n, words[n] ?? 0, true);
  let rest = words[whole] ?? 0;
  for (let to = at + 4 * whole; to < at + length; to++, rest >>>= 8) bytes[to] = rest;
}
