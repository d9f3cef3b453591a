// What worker threads write comes by the main thread's standard output once more: Node passes it on there. Where threads
// are recorded they have told it already.
import { Readable } from "node:stream";
import type { Guest } from "../guest.js";
import { classNameOf, isObject } from "../own-data.js";
import { replaceMethod } from "../patch.js";
import { offeredPlace } from "../thread-place.js";
import { areThreadsRecorded } from "../wanted.js";

/** What Node has for a thread's output in the thread that started it, and for nothing else. */
const className = "ReadableWorkerStdio";

export interface ThreadOutput {
  /** Whether what is written now has just come from a thread that is recorded. */
  isPassingOn(): boolean;
  uninstall(): void;
}

export function watchThreadOutput(guest: Guest): ThreadOutput {
  let depth = 0;
  let putBack: (() => void) | undefined;
  const patch = (stream: object): (() => void) =>
    replaceMethod(
      stream,
      "emit",
      (emit) =>
        function (...args) {
          if (args[0] !== "data" || !areToldThere()) return Reflect.apply(emit, this, args);
          depth++;
          try {
            return Reflect.apply(emit, this, args);
          } finally {
            depth--;
          }
        },
    );
  const release = replaceMethod(
    Readable.prototype,
    "pipe",
    (pipe) =>
      function (...args) {
        guest.runAsGuest(() => {
          if (putBack !== undefined || !isObject(this) || classNameOf(this) !== className) return;
          putBack = patch(Reflect.getPrototypeOf(this) ?? {});
        }, undefined);
        return Reflect.apply(pipe, this, args);
      },
  );
  return {
    isPassingOn: () => depth > 0,
    uninstall() {
      release();
      putBack?.();
    },
  };
}

/** By this process's agent, that is: one that came to a running program leaves its threads alone. */
const areToldThere = (): boolean => areThreadsRecorded(process.env) && offeredPlace() !== undefined;
