// Sees the process end: after the program's own exit listeners, whichever way they were reached.
// No signal listener: the default action of a signal stays what it is.
import { replaceMethod, together } from "../patch.js";
import type { ProbeKit } from "../probe-kit.js";

export function installExit(agent: ProbeKit, onExit: (exitCode: number | undefined) => void): () => void {
  let isOver = false;
  const end = (proposed: unknown) => {
    if (isOver) return;
    isOver = true;
    agent.guest.runAsGuest(() => onExit(integer(process.exitCode) ?? integer(proposed)), undefined);
  };
  // Node runs "exit" listeners by calling process.emit, also when the event loop ran dry or an exception was not
  // caught; the end of that call is the last moment of JavaScript. process.exit() inside a listener skips it, and
  // ends in process.reallyExit.
  return together([
    replaceMethod(
      process,
      "emit",
      (emit) =>
        function (...args) {
          if (args[0] !== "exit") return Reflect.apply(emit, this, args);
          try {
            return Reflect.apply(emit, this, args);
          } finally {
            end(args[1]);
          }
        },
    ),
    replaceMethod(
      process,
      "reallyExit",
      (reallyExit) =>
        function (...args) {
          end(args[0]);
          return Reflect.apply(reallyExit, this, args);
        },
    ),
  ]);
}

/** `process.exitCode` may also be a numeric string. */
function integer(code: unknown): number | undefined {
  const isNumeric = typeof code === "number" || (typeof code === "string" && code !== "");
  return isNumeric && Number.isInteger(Number(code)) ? Number(code) : undefined;
}
