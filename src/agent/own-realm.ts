// Loads the agent into a realm of its own: a V8 context with fresh built-ins, sharing the program's thread and heap. What
// the program does to its Map.prototype, Array.prototype, JSON or Promise, before or after we are loaded, is never met by
// the agent's code, and the agent's code is never met by it (docs/decisions/0005-the-agents-own-realm.md).
// Bare names in agent code (`Map`, `Object`) are the agent's own; `globalThis.Map` is the program's.
import { readFileSync } from "node:fs";
import { Script, createContext } from "node:vm";

/** Names of the runtime that are not part of the language; they are the program's, as they are when we are loaded. */
const fromRuntime = [
  "globalThis",
  "process",
  "console",
  "performance",
  "Buffer",
  "URL",
  "URLSearchParams",
  "TextDecoder",
  "TextEncoder",
  "EventTarget",
  "AbortController",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
  "clearImmediate",
  "queueMicrotask",
  "structuredClone",
] as const;

/** The exports of the CommonJS bundle `file`, evaluated in a realm of its own. */
export function loadInOwnRealm(file: string, require: NodeJS.Require): unknown {
  // Named, so that an inspector shows whose context this is.
  const context = createContext({}, { name: "Hindcast" });
  const ownNames: unknown = new Script("Object.getOwnPropertyNames(globalThis).join()").runInContext(context);
  const builtIns = String(ownNames)
    .split(",")
    .filter((name) => /^[A-Z]\w*$/.test(name) && name !== "NaN" && name !== "Infinity");
  // As locals of a function: looking up a global of such a context costs a hundred times as much.
  const script = new Script(
    `(function (require, exports, ${fromRuntime.join()}) { return (function (${builtIns.join()}) {` +
      `${readFileSync(file, "utf8")}\n}).call(undefined, ${builtIns.join()}); })`,
    { filename: file },
  );
  const evaluate: unknown = script.runInContext(context);
  const exports: unknown = {};
  const given = fromRuntime.map((name): unknown => Reflect.get(globalThis, name));
  if (typeof evaluate === "function") Reflect.apply(evaluate, undefined, [require, exports, ...given]);
  return exports;
}
