// What `track`, `event`, `metric` and `span` do in a program that is recorded.
import { types } from "node:util";
import { type AgentHandle, agentHandleKey } from "../shared/protocol/agent-handle.js";
import type { Attributes } from "../shared/trace/attributes.js";
import { attributesFrom, exceptionAttributes } from "./attributes.js";
import type { StateTracker } from "./state/index.js";
import type { ProbeKit } from "./probe-kit.js";

/** The public API as this agent does it. `lookFromNowOn` is called when something is tracked. */
export function handleOf(
  { guest, context, sink }: ProbeKit,
  tracker: StateTracker,
  lookFromNowOn: () => void,
): AgentHandle {
  return {
    track(name, value) {
      guest.runAsGuest(() => {
        tracker.track(String(name), value);
        lookFromNowOn();
      }, undefined);
    },
    event: (name, attributes) => sink.event(String(name), attributes),
    metric: (name, value, unit, attributes) => {
      if (typeof value === "number") sink.metric(String(name), String(unit), value, attributes);
    },
    span(name, attributes, work) {
      const given = attributes === undefined ? {} : guest.runAsGuest(() => attributesFrom(attributes), {});
      const span = sink.startSpan(String(name), "internal", context.asParent, given);
      const end = () => sink.endSpan(span, "unset", undefined, {});
      const fail = (thrown: unknown) => {
        const exception = guest.runAsGuest<Attributes>(() => exceptionAttributes(thrown), {});
        sink.endSpan(span, "error", undefined, exception);
      };
      return context.run(span, () => settled(work, end, fail));
    },
  };
}

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
