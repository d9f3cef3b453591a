// What `track`, `event`, `metric`, `span` and those beside it do in a program that is recorded.
import { types } from "node:util";
import { type AgentHandle, agentHandleKey } from "../shared/protocol/agent-handle.js";
import type { SpanKind } from "../shared/trace/attributes.js";
import { attributesFrom, exceptionAttributes } from "./attributes.js";
import type { MakeEventEntry } from "./event-entry.js";
import { previewOf } from "./preview.js";
import type { StateTracker } from "./state/index.js";
import type { ProbeKit } from "./probe-kit.js";
import type { SpanParent } from "./record-sink.js";
import { headerFromSpan, parentFromHeader } from "./trace-context.js";

const seenToEnd = { isSeenToEnd: true } as const;

/** The public API as this agent does it. `lookFromNowOn` is called when something is tracked, unless the scope is left out. */
export function handleOf(
  { guest, context, sink }: ProbeKit,
  tracker: StateTracker,
  lookFromNowOn: () => void,
  leavesOutScope: (name: string) => boolean,
  makeEventEntry: MakeEventEntry,
): AgentHandle {
  function inSpan<Result>(
    name: string,
    kind: SpanKind,
    parent: () => SpanParent,
    attributes: unknown,
    work: () => Result,
  ): Result {
    const span = guest.runAsGuest(() => {
      const given = attributes === undefined ? {} : attributesFrom(attributes);
      return sink.startSpan(nameFrom(name), kind, parent(), given, undefined, seenToEnd);
    }, undefined);
    if (span === undefined) return work();
    const end = () => guest.runAsGuest(() => sink.endSpan(span, "unset", undefined, {}), undefined);
    const fail = (thrown: unknown) =>
      guest.runAsGuest(() => sink.endSpan(span, "error", undefined, exceptionAttributes(thrown)), undefined);
    return context.run(span, () => settled(work, end, fail));
  }
  return {
    track(name, value) {
      guest.runAsGuest(() => {
        const scope = nameFrom(name);
        if (leavesOutScope(scope)) return;
        tracker.track(scope, value);
        lookFromNowOn();
      }, undefined);
    },
    event: makeEventEntry((name, attributes) => sink.event(nameFrom(name), attributes)),
    metric: (name, value, unit, attributes) => {
      if (typeof value === "number") sink.metric(nameFrom(name), nameFrom(unit), value, attributes);
    },
    span: (name, attributes, work) => inSpan(name, "internal", () => context.asParent, attributes, work),
    context: () =>
      guest.runAsGuest(() => {
        const span = context.current;
        return span === undefined ? undefined : headerFromSpan(span);
      }, undefined),
    spanFrom: (from, name, attributes, work) =>
      inSpan(name, "consumer", () => parentFromHeader(from), attributes, work),
  };
}

/** What should be a text may be anything: no `toString` of the program is run. */
const nameFrom = (name: unknown): string => (typeof name === "string" ? name : previewOf(name));

const promiseThen = Promise.prototype.then;

/**
 * Calls `end` or `fail` when `work`, or the promise it returned, has finished. Of a plain promise a derived one is
 * returned: only looking at it would mark its rejection as handled and hide it from the program. Any other thenable is
 * returned as it is, and its span ends now.
 */
function settled<Result>(work: () => Result, end: () => void, fail: (thrown: unknown) => void): Result {
  let result: Result;
  try {
    result = work();
  } catch (thrown) {
    fail(thrown);
    throw thrown;
  }
  if (isPlainPromise(result)) return followed(result, end, fail);
  end();
  return result;
}

/** The promise derived by the original `then`, which settles as the given one does and hence has its type. */
function followed<Settling>(promise: Settling, end: () => void, fail: (thrown: unknown) => void): Settling;
function followed(promise: unknown, end: () => void, fail: (thrown: unknown) => void): unknown {
  const onFulfilled = (value: unknown): unknown => {
    end();
    return value;
  };
  const onRejected = (thrown: unknown): never => {
    fail(thrown);
    throw thrown;
  };
  return Reflect.apply(promiseThen, promise, [onFulfilled, onRejected]);
}

function isPlainPromise(value: unknown): boolean {
  if (!types.isPromise(value) || types.isProxy(value)) return false;
  return Object.getPrototypeOf(value) === globalThis.Promise.prototype && Object.keys(value).length === 0;
}

/** Puts the handle where the package's entry looks for it. */
export function offerHandle(handle: AgentHandle): () => void {
  Object.defineProperty(globalThis, agentHandleKey, {
    value: handle,
    configurable: true,
    enumerable: false,
    writable: false,
  });
  return () => void Reflect.deleteProperty(globalThis, agentHandleKey);
}
