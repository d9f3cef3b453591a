// Loads the agent into a realm of its own: a V8 context with fresh built-ins, sharing the program's thread and heap. What
// the program does to its Map.prototype, Array.prototype, JSON or Promise, before or after we are loaded, is never met by
// the agent's code, and the agent's code is never met by it (docs/decisions/0005-the-agents-own-realm.md).
// Bare names in agent code (`Map`, `Object`) are the agent's own; `globalThis.Map` is the program's.
import { readFileSync, statSync } from "node:fs";
import { Script, createContext } from "node:vm";
import { type KeptFile, nameOfKept, readKept } from "./kept-files.js";

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

export interface Loaded {
  readonly exports: unknown;
  /** Names this build of it. */
  readonly build: string;
  /** What V8 has compiled of it so far, to be kept for the next start; undefined where that was there, or nothing is kept. */
  readonly compiled: (() => KeptFile) | undefined;
}

/** The CommonJS bundle `file`, evaluated in a realm of its own. */
export function loadInOwnRealm(file: string, require: NodeJS.Require, folder?: string): Loaded {
  // Named, so that an inspector shows whose context this is.
  const context = createContext({}, { name: "Hindcast" });
  const ownNames: unknown = new Script("Object.getOwnPropertyNames(globalThis).join()").runInContext(context);
  const builtIns = String(ownNames)
    .split(",")
    .filter((name) => /^[A-Z]\w*$/.test(name) && name !== "NaN" && name !== "Infinity");
  // As locals of a function: looking up a global of such a context costs a hundred times as much.
  const head = `(function (require, exports, ${fromRuntime.join()}) { return (function (${builtIns.join()}) {`;
  // The build leaves nothing but ASCII in it.
  const source = `${head}${readFileSync(file, "latin1")}\n}).call(undefined, ${builtIns.join()}); })`;
  const build = identityOf(file);
  const name = folder === undefined ? undefined : nameOfKept("code", [build, head, ...whatCompilesIt()]);
  const cachedData = folder === undefined || name === undefined ? undefined : readKept(folder, name);
  const script = new Script(source, { filename: file, ...(cachedData === undefined ? {} : { cachedData }) });
  const evaluate: unknown = script.runInContext(context);
  const exports: unknown = {};
  const given = fromRuntime.map((name): unknown => Reflect.get(globalThis, name));
  if (typeof evaluate === "function") Reflect.apply(evaluate, undefined, [require, exports, ...given]);
  const isKept = name === undefined || (cachedData !== undefined && script.cachedDataRejected !== true);
  return { exports, build, compiled: isKept ? undefined : () => ({ name, body: script.createCachedData() }) };
}

/** Another build is another file. To read all of it would take longer. */
function identityOf(file: string): string {
  const { size, mtimeMs, ino, dev } = statSync(file);
  return [file, size, mtimeMs, ino, dev].join();
}

/** V8 refuses code that other flags or another V8 compiled; programs with other options do not share a file over which they would quarrel. */
const whatCompilesIt = (): readonly string[] => [
  process.version,
  process.arch,
  process.env["NODE_OPTIONS"] ?? "",
  ...process.execArgv.filter((option) => /^--[\w=-]{1,64}$/.test(option)),
];
