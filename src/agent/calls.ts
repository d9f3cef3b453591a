// Calls of the program's functions as spans: each hangs on the call that it was made in, else on the span that its code
// belongs to. A call that waits is left meanwhile, and entered again where it goes on.
import type { AttributeValue, Attributes } from "../shared/trace/attributes.js";
import { attributeFrom, emptyAttributes, failureAttributes } from "./attributes.js";
import type { SpanContext } from "./context.js";
import type { Guest } from "./guest.js";
import type { PositionOf } from "./instrument/index.js";
import type { OpenSpan, RecordSink } from "./record-sink.js";
import type { Call, CallsTold } from "./write-helpers.js";

const argumentsAttribute = "hindcast.call.arguments";
const resultAttribute = "hindcast.call.result";
const previewBudget = { depth: 2, units: 512, breadth: 8 };

interface FunctionFacts {
  readonly name: string;
  readonly attributes: Attributes;
}

class RunningCall {
  /** The call that it runs in. */
  outer: RunningCall | undefined;
  isAway = false;
  hasReturned = false;
  result: unknown;
  thrown: Thrown | undefined;

  constructor(
    readonly span: OpenSpan,
    /** What its code belongs to besides. */
    readonly within: OpenSpan | undefined,
  ) {}
}

/** Of a promise that is rejected nobody hears in the call outside. */
interface Thrown {
  readonly value: unknown;
  readonly isRejection: boolean;
}

export interface CallRecorderOptions {
  readonly guest: Guest;
  readonly sink: RecordSink;
  readonly context: SpanContext;
}

export class CallRecorder implements CallsTold {
  isActive = true;
  /** Where a site is, once sources are rewritten. */
  positionOf: PositionOf = () => undefined;
  readonly #options: CallRecorderOptions;
  readonly #functions: (FunctionFacts | undefined)[] = [];
  #current: RunningCall | undefined;
  /** What passes through calls, until something catches it. */
  #passing: Thrown | undefined;

  constructor(options: CallRecorderOptions) {
    this.#options = options;
    options.context.callIn = (within) => (this.#current?.within === within ? this.#current?.span : undefined);
  }

  stop(): void {
    this.isActive = false;
    this.#options.context.callIn = undefined;
  }

  enter(site: number, names: string, given: readonly unknown[]): Call | undefined {
    return this.#options.guest.runAsGuest(() => {
      const { sink, context } = this.#options;
      const facts = (this.#functions[site] ??= this.#factsOf(site));
      const attributes =
        given.length === 0 ? facts.attributes : { ...facts.attributes, ...argumentsFrom(names, given) };
      const span = sink.startSpan(facts.name, "internal", context.asParent, attributes, undefined, seenToEnd);
      const call = new RunningCall(span, context.stored);
      this.#passing = undefined;
      call.outer = this.#current;
      this.#current = call;
      return call;
    }, undefined);
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
    this.#options.guest.runAsGuest(() => {
      const result = isLeftWaiting ? leftWaiting : resultFrom(call.result);
      const told = failure === undefined ? result : failedBy(failure, failure === thrown);
      this.#options.sink.endSpan(call.span, failure === undefined ? "unset" : "error", undefined, told);
    }, undefined);
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
    return { name: name === "" ? "(anonymous)" : name, attributes: place ?? {} };
  }
}

const seenToEnd = { isSeenToEnd: true } as const;

/** It came out of what is not instrumented, or was waited for. */
const unknownThrown: Thrown = { value: undefined, isRejection: false };

/** A generator that somebody was done with before its end, or threw something into that it did not catch. */
const leftWaiting: Attributes = { "hindcast.call.left": "waiting" };

function argumentsFrom(names: string, given: readonly unknown[]): Attributes {
  const previews = emptyAttributes();
  const parameters = names.split(",");
  for (let at = 0; at < parameters.length; at++) {
    const name = parameters[at];
    if (name === undefined || name === "") continue;
    const preview = previewOf(given[at]);
    if (preview !== undefined) previews[name] = preview;
  }
  return { [argumentsAttribute]: previews };
}

function resultFrom(result: unknown): Attributes {
  const preview = previewOf(result);
  return preview === undefined ? {} : { [resultAttribute]: preview };
}

const previewOf = (value: unknown): AttributeValue | undefined =>
  typeof value === "function" ? "[Function]" : attributeFrom(value, previewBudget);

/** Its stack is said once, of the call that threw it. */
function failedBy(failure: Thrown, isFirst: boolean): Attributes {
  if (failure === unknownThrown) return { "error.type": "_OTHER" };
  const { "exception.stacktrace": stack, ...short } = failureAttributes(failure.value);
  return isFirst && stack !== undefined ? { ...short, "exception.stacktrace": stack } : short;
}
