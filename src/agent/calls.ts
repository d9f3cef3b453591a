// Calls of the program's functions as spans: each hangs on the call that it was made in, else on the span that its code
// belongs to. A call that waits is left meanwhile, and entered again where it goes on.
// Most are told of in records of their own (call-records.ts). What they do not fit is told of as any other span is.
import type { Attributes } from "../shared/trace/attributes.js";
import { failureAttributes } from "./attributes.js";
import { type CallIds, CallTrace, type IdWords, noWords, wordsOfId } from "./call-ids.js";
import { argumentsAttribute, argumentsFrom, resultFrom } from "./call-previews.js";
import type { CalledFunction } from "./call-records.js";
import type { SpanContext } from "./context.js";
import type { Guest } from "./guest.js";
import type { PositionOf } from "./instrument/index.js";
import { Stepped } from "./lines.js";
import type { OpenSpan } from "./record-sink.js";
import type { Recorder } from "./recorder.js";
import type { Call, CallsTold } from "./write-helpers.js";

interface FunctionFacts {
  readonly name: string;
  readonly attributes: Attributes;
  /** Known when one of its calls was first told of in a record of its own. */
  called: CalledFunction | undefined;
}

/** As much of a call as others may hang on. */
class RunningCall extends Stepped implements OpenSpan {
  /** The call that it runs in. */
  outer: RunningCall | undefined;
  isAway = false;
  hasReturned = false;
  hasEnded = false;
  result: unknown;
  thrown: Thrown | undefined;

  constructor(
    readonly number: number,
    readonly trace: CallTrace,
    readonly ids: CallIds,
    /** What its code belongs to besides. */
    readonly within: OpenSpan | undefined,
    /** What it is told of as, where it has no record of its own. */
    readonly asSpan: OpenSpan | undefined,
  ) {
    super();
  }

  get span(): OpenSpan {
    return this.asSpan ?? this;
  }

  get traceId(): Uint8Array {
    return this.trace.bytes;
  }

  get spanId(): Uint8Array {
    return this.ids.spanId(this.number);
  }
}

/** Of a promise that is rejected nobody hears in the call outside. */
interface Thrown {
  readonly value: unknown;
  readonly isRejection: boolean;
}

export interface CallRecorderOptions {
  readonly guest: Guest;
  readonly sink: Recorder;
  readonly context: SpanContext;
}

export class CallRecorder implements CallsTold {
  isActive = true;
  /** Where a site is, once sources are rewritten. */
  positionOf: PositionOf = () => undefined;
  readonly #guest: Guest;
  readonly #sink: Recorder;
  readonly #context: SpanContext;
  readonly #functions: (FunctionFacts | undefined)[] = [];
  #current: RunningCall | undefined;
  /** What passes through calls, until something catches it. */
  #passing: Thrown | undefined;
  /** The span that calls began in last which hang on no other, and what they have of it. */
  #span: OpenSpan | undefined;
  #traceOfSpan = noTrace;
  #wordsOfSpan = noWords;

  constructor({ guest, sink, context }: CallRecorderOptions) {
    [this.#guest, this.#sink, this.#context] = [guest, sink, context];
    context.callIn = (within) => (this.#current?.within === within ? this.#current?.span : undefined);
  }

  stop(): void {
    this.isActive = false;
    this.#context.callIn = undefined;
  }

  enter(
    site: number,
    names: string,
    a: unknown,
    b: unknown,
    c: unknown,
    d: unknown,
    more: readonly unknown[] | undefined,
  ): Call | undefined {
    if (this.#guest.isBusy) return undefined;
    let call: RunningCall | undefined;
    try {
      call = this.#told(site, names, a, b, c, d, more);
    } catch (error) {
      this.#guest.noteFault(error);
    }
    call ??= this.#guest.runAsGuest(() => this.#toldAsSpan(site, names, more ?? [a, b, c, d]), undefined);
    if (call === undefined) return undefined;
    this.#passing = undefined;
    call.outer = this.#current;
    this.#current = call;
    return call;
  }

  /** In a record of its own; undefined where it does not fit one. */
  #told(
    site: number,
    names: string,
    a: unknown,
    b: unknown,
    c: unknown,
    d: unknown,
    more: readonly unknown[] | undefined,
  ): RunningCall | undefined {
    const sink = this.#sink;
    if (!sink.tellsCalls) return undefined;
    const called = this.#functions[site]?.called ?? this.#calledAt(site, names);
    if (called.location === 0) return undefined;
    const clockMs = sink.clockMs();
    const within = this.#context.stored;
    const { callRecords } = sink;
    const { ids } = callRecords;
    const outer = this.#current;
    let trace: CallTrace | undefined;
    let above: IdWords = noWords;
    let parent = 0;
    const number = sink.nextSpan();
    if (outer !== undefined && outer.within === within && outer.asSpan === undefined) {
      parent = outer.number;
      trace = outer.trace;
      above = ids.wordsOf(parent);
    } else {
      const span = outer !== undefined && outer.within === within ? outer.asSpan : within;
      if (span !== undefined) {
        if (span.hasEnded === true || span.handling !== undefined) return undefined;
        if (span !== this.#span) this.#know(span);
        parent = span.number;
        trace = this.#traceOfSpan;
        above = this.#wordsOfSpan;
      }
    }
    const call = new RunningCall(number, trace ?? ids.newTrace(number), ids, within, undefined);
    return callRecords.start(clockMs, call, parent, above, called, a, b, c, d, more) ? call : undefined;
  }

  #know(span: OpenSpan): void {
    this.#span = span;
    this.#traceOfSpan = CallTrace.of(span.traceId);
    this.#wordsOfSpan = wordsOfId(span.spanId);
  }

  #toldAsSpan(site: number, names: string, given: readonly unknown[]): RunningCall {
    const { name, attributes } = this.#functions[site] ?? this.#factsOf(site);
    const told =
      names === "" ? attributes : { ...attributes, [argumentsAttribute]: argumentsFrom(names.split(","), given) };
    const span = this.#sink.startSpan(name, "internal", this.#context.asParent, told, undefined, seenToEnd);
    return new RunningCall(span.number, noTrace, this.#sink.callRecords.ids, this.#context.stored, span);
  }

  returns(call: Call, value: unknown): void {
    if (!(call instanceof RunningCall)) return;
    call.hasReturned = true;
    call.result = value;
    call.thrown = undefined;
    this.#passing = undefined;
  }

  throws(call: Call, value: unknown, isRejection: boolean): void {
    if (call instanceof RunningCall) call.thrown = { value, isRejection };
  }

  waits(call: Call): void {
    if (!(call instanceof RunningCall) || call.isAway) return;
    call.isAway = true;
    this.#passing = undefined;
    if (this.#current === call) this.#current = call.outer;
  }

  goesOn(call: Call, hasCaught: boolean): void {
    if (!(call instanceof RunningCall)) return;
    if (hasCaught) call.thrown = this.#passing = undefined;
    if (!call.isAway) return;
    call.isAway = false;
    call.outer = this.#current;
    this.#current = call;
  }

  leaves(call: Call): void {
    if (!(call instanceof RunningCall)) return;
    if (this.#current === call) this.#current = call.outer;
    const { thrown, hasReturned, isAway } = call;
    const isLeftWaiting = isAway && !hasReturned && thrown === undefined;
    const failure = thrown ?? (hasReturned || isAway ? undefined : (this.#passing ?? unknownThrown));
    this.#passing = failure?.isRejection === false ? failure : undefined;
    const { steps } = call;
    const isPlain = failure === undefined && !isLeftWaiting && steps === undefined;
    if (isPlain && call.asSpan === undefined && this.#endIsTold(call)) return;
    this.#guest.runAsGuest(() => {
      const result = isLeftWaiting ? leftWaiting : resultFrom(call.result);
      const came = failure === undefined ? result : failedBy(failure, failure === thrown);
      const told = steps === undefined ? came : { ...came, ...steps.attributes };
      this.#sink.endSpan(call.span, failure === undefined ? "unset" : "error", undefined, told);
    }, undefined);
  }

  #endIsTold(call: RunningCall): boolean {
    if (this.#guest.isBusy || this.#sink.isPlain) return false;
    try {
      const clockMs = this.#sink.clockMs();
      this.#sink.noteSpanEnd(clockMs);
      call.hasEnded = true;
      return this.#sink.callRecords.end(clockMs, call, call.result);
    } catch (error) {
      this.#guest.noteFault(error);
      return false;
    }
  }

  #factsOf(site: number): FunctionFacts {
    const position = this.positionOf(site);
    const name = position?.functionName ?? "";
    const place = position && {
      "code.function.name": name,
      "code.file.path": position.file,
      "code.line.number": position.line,
      "code.column.number": position.column,
    };
    const facts = { name: name === "" ? "(anonymous)" : name, attributes: place ?? {}, called: undefined };
    // Without gaps: V8 looks up what is in a list with large ones as in a table.
    while (this.#functions.length < site) this.#functions[this.#functions.length] = undefined;
    return (this.#functions[site] = facts);
  }

  #calledAt(site: number, names: string): CalledFunction {
    const facts = this.#functions[site] ?? this.#factsOf(site);
    const position = this.positionOf(site);
    const location =
      position === undefined
        ? 0
        : this.#sink.location(position.file, position.line, position.column, position.functionName);
    const called = this.#sink.callRecords.functionAt(location, names);
    if (location !== 0) facts.called = called;
    return called;
  }
}

const noTrace = new CallTrace(0, 0, 0, 0);
const seenToEnd = { isSeenToEnd: true } as const;

/** It came out of what is not instrumented, or was waited for. */
const unknownThrown: Thrown = { value: undefined, isRejection: false };

/** A generator that somebody was done with before its end, or threw something into that it did not catch. */
const leftWaiting: Attributes = { "hindcast.call.left": "waiting" };

/** Its stack is said once, of the call that threw it. */
function failedBy(failure: Thrown, isFirst: boolean): Attributes {
  if (failure === unknownThrown) return { "error.type": "_OTHER" };
  const { "exception.stacktrace": stack, ...short } = failureAttributes(failure.value);
  return isFirst && stack !== undefined ? { ...short, "exception.stacktrace": stack } : short;
}
