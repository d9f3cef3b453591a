// ES modules: `module.registerHooks` where Node has it (in this thread), `module.register` where it has not (in Node's own
// hook thread). Both chains run the last registered hook first, and a hook sees what those before it made of a file: to see
// JavaScript, not what a compiler has yet to compile, ours is registered again whenever another one has been.
import module from "node:module";
import { pathToFileURL } from "node:url";
import { Worker, isMainThread } from "node:worker_threads";
import { passFor } from "../patch.js";
import { type ApiFiles, isNotFound, packageName } from "./api-resolution.js";
import type { LoaderThreadData } from "./loader-thread.js";
import { withStreamsOfOurs } from "./quiet-thread.js";
import { type Rewrite, textOf } from "./rewrite.js";
import { pathFromUrl } from "./selection.js";

export interface ModuleHooksOptions {
  readonly rewrite: Rewrite;
  readonly api: ApiFiles;
  /** File that holds loader-thread.ts, for Node without hooks in the same thread. */
  readonly loaderFile: string;
  readonly loaderData: LoaderThreadData;
  /** Without hooks in the same thread: whether there may be modules from the start, so that nobody waits for `expect`. */
  readonly isExpected: () => boolean;
}

export interface ModuleHooks {
  /** In this thread, and there from the start: nobody need say `expect`. */
  readonly isInThread: boolean;
  /** There may be a module soon. */
  expect(): void;
  /** Whether modules are rewritten after uninstalling as well: so it is where hooks have a thread of their own. */
  isForGood(): boolean;
  uninstall(): void;
}

type AnyFunction = (...given: unknown[]) => unknown;

const isFunction = (value: unknown): value is AnyFunction => typeof value === "function";

export function hookModules(options: ModuleHooksOptions): ModuleHooks {
  const registerHooks: unknown = Reflect.get(module, "registerHooks");
  const register: unknown = Reflect.get(module, "register");
  const nothing = { isInThread: true, expect: () => undefined, isForGood: () => false, uninstall: () => undefined };
  if (isFunction(registerHooks)) return { ...nothing, uninstall: hookInThread(registerHooks, options) };
  return isFunction(register) ? hookInLoaderThread(register, options) : nothing;
}

function hookInThread(registerHooks: AnyFunction, { rewrite, api }: ModuleHooksOptions): () => void {
  const resolve = (specifier: string, context: unknown, next: AnyFunction): unknown => {
    if (specifier !== packageName) return next(specifier, context);
    try {
      return next(specifier, context);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const isRequire = conditionsOf(context).includes("require");
      const file = isRequire ? api.commonJs : api.module;
      return { url: pathToFileURL(file).href, format: isRequire ? "commonjs" : "module", shortCircuit: true };
    }
  };
  const load = (url: string, context: unknown, next: AnyFunction): unknown => {
    const loaded = next(url, context);
    const path = pathFromUrl(url);
    if (path === undefined || typeof loaded !== "object" || loaded === null) return loaded;
    const source = "source" in loaded ? loaded.source : undefined;
    const format = "format" in loaded ? loaded.format : undefined;
    const text = textOf(source);
    if (text?.includes(packageName) === true) beAskedForOurs();
    // CommonJS that Node compiles itself comes by `_compile`, with more known about it.
    if (text === undefined || (format !== "module" && format !== "module-typescript")) return loaded;
    const rewritten = rewrite(text, path, format);
    return rewritten === undefined ? loaded : { ...loaded, ...rewritten };
  };
  // Whatever is not found is so in the middle of a hook, and says so in its stack: there is none until it is needed.
  let hooks: object = { load };
  const beAskedForOurs = (): void => {
    if ("resolve" in hooks) return;
    hooks = { load, resolve };
    deregister(own);
    own = registerHooks.call(module, hooks);
  };
  let own = registerHooks.call(module, hooks);
  if (mayAskUnseen(process)) beAskedForOurs();
  const release = replace("registerHooks", (...given) => {
    const theirs = registerHooks.apply(module, given);
    deregister(own);
    own = registerHooks.call(module, hooks);
    return theirs;
  });
  return () => {
    release();
    deregister(own);
  };
}

/** For our package, in code that is not loaded from a file. */
function mayAskUnseen({ argv, execArgv, env }: NodeJS.Process): boolean {
  if (!isMainThread || argv[1] === undefined || argv[1] === "-") return true;
  return [...execArgv, env["NODE_OPTIONS"] ?? ""].some((option) =>
    option.replaceAll(/\/[^"\s]*/g, "").includes(packageName),
  );
}

function hookInLoaderThread(
  register: AnyFunction,
  { loaderFile, loaderData, isExpected }: ModuleHooksOptions,
): ModuleHooks {
  let isThere = false;
  let waiting: "not yet" | "does" | "has" = "not yet";
  const registerOwn = (): void => {
    isThere = true;
    register.call(module, pathToFileURL(loaderFile).href, { data: loaderData });
  };
  const expect = (): void => {
    if (isThere || waiting === "does") return;
    // Whatever registers has Node's loader keep the `fs` of then, and Plug'n'Play brings one of its own, as it is preloaded after us.
    if (waiting === "has" || !isPlugAndPlayToCome(process)) return withStreamsOfOurs(registerOwn);
    waiting = "does";
    queueMicrotask(() => {
      waiting = "has";
      expect();
    });
  };
  if (isLoaderToCome(process)) onFirstQuestion(expect);
  else if (isExpected()) expect();
  // What was registered there cannot be taken back; it goes on with nobody listening to what its files tell.
  const uninstall = replace("register", (...given) => {
    // Whose thread it is makes no difference to who listens to its output.
    expect();
    const result = register.apply(module, given);
    registerOwn();
    return result;
  });
  return { isInThread: false, expect, isForGood: () => isThere, uninstall };
}

const isLoaderToCome = ({ execArgv, env }: NodeJS.Process): boolean =>
  [...execArgv, ...(env["NODE_OPTIONS"] ?? "").split(/\s+/)].some((option) =>
    /^--(?:experimental-)?loader(?:=|$)/.test(option),
  );

/**
 * The thread of hooks starts by loading what `--loader` names, and whoever first waits for it is told if that fails: that has to be
 * Node, which prints it. So we wait until it asks the thread for something.
 */
function onFirstQuestion(act: () => void): void {
  const { prototype } = Worker;
  const found = Object.getOwnPropertyDescriptor(prototype, "postMessage");
  if (found?.configurable !== true) return;
  const get = function (this: object): unknown {
    if (Reflect.getPrototypeOf(this)?.constructor.name === "InternalWorker") {
      Object.defineProperty(prototype, "postMessage", found);
      act();
    }
    return found.value;
  };
  Object.defineProperty(prototype, "postMessage", { get, configurable: true });
}

const isPlugAndPlayToCome = ({ versions, execArgv, env }: NodeJS.Process): boolean =>
  versions["pnp"] === undefined &&
  [...execArgv, env["NODE_OPTIONS"] ?? ""].some((option) => /\.pnp\.c?js(?=["\s]|$)/.test(option));

function replace(name: "register" | "registerHooks", replacement: AnyFunction): () => void {
  const original: unknown = Reflect.get(module, name);
  if (isFunction(original)) passFor(replacement, original);
  Reflect.set(module, name, replacement);
  module.syncBuiltinESMExports();
  return () => {
    if (Reflect.get(module, name) !== replacement) return;
    Reflect.set(module, name, original);
    module.syncBuiltinESMExports();
  };
}

function deregister(hooks: unknown): void {
  const method: unknown = typeof hooks === "object" && hooks !== null ? Reflect.get(hooks, "deregister") : undefined;
  if (isFunction(method)) method.call(hooks);
}

function conditionsOf(context: unknown): readonly string[] {
  if (typeof context !== "object" || context === null || !("conditions" in context)) return [];
  const { conditions } = context;
  return Array.isArray(conditions) ? conditions.map(String) : [];
}
