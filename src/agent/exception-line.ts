// The line that Node prints above the stack of an error that nobody caught: `file:line`, the source and a caret. Node takes it from V8,
// which has the source that runs. What an error carries already stays, and Node gives it one whenever it leaves a script of `vm`. So
// one more script throws the error, at the same place of the same line of the same file.
import { Script, createContext } from "node:vm";
import { types } from "node:util";
import { textProperty } from "./own-data.js";
import type { ThrownLine } from "./instrument/index.js";

const { isNativeError } = types;

type Find = (stack: string, isRejection: boolean) => ThrownLine | undefined;

export class ExceptionLine {
  #uncaught: { readonly error: object; readonly isRejection: boolean } | undefined;

  /** Nobody caught it, and Node is about to ask the program's listeners. `origin` is where it came from, as Node says it. */
  note(error: unknown, origin: string): void {
    const isHandled = process.listenerCount("uncaughtException") > 0 || process.hasUncaughtExceptionCaptureCallback();
    const isRejection = origin === "unhandledRejection";
    // V8 knows the place of a rejected error for as long as nobody has asked for its stack, which Node did here.
    const isAsked = isRejection && isNativeError(error) && textProperty(error, "code") === "ERR_ASSERTION";
    this.#uncaught = isHandled || isAsked || !isNativeError(error) ? undefined : { error, isRejection };
  }

  /** Nothing of the program runs any more. */
  give(find: Find): void {
    const { error, isRejection } = this.#uncaught ?? {};
    const stack = error && stackOf(error);
    const line = stack === undefined ? undefined : find(stack, isRejection === true);
    if (error !== undefined && line !== undefined) giveLine(error, line);
  }
}

/** Undefined where it would be the program that answers. Node asks for it next. */
function stackOf(error: object): string | undefined {
  const own = Object.getOwnPropertyDescriptor(error, "stack");
  const usual = Object.getOwnPropertyDescriptor(new globalThis.Error(), "stack");
  if (own === undefined || own.get !== usual?.get) return undefined;
  const stack: unknown = Reflect.get(error, "stack");
  return typeof stack === "string" ? stack : undefined;
}

/** Nothing is changed where that cannot be done. */
function giveLine(error: object, { file, line, column, text }: ThrownLine): void {
  const stack = Object.getOwnPropertyDescriptor(error, "stack");
  if (stack?.configurable !== true) return;
  const statement = "throw error;";
  const length = Math.max(text.length + 1, column + statement.length);
  // V8 runs what it compiled of one text for another one of the same length. What it shows is the latter.
  const thrower = (" ".repeat(column) + statement).padEnd(length);
  const options = { filename: file, lineOffset: line - 1 };
  const cachedData = new Script(thrower, options).createCachedData();
  const script = new Script(`${text}\n`.padEnd(length), { ...options, cachedData });
  if (script.cachedDataRejected !== false) return;
  // Node puts the line into the stack as well, where there is one.
  Object.defineProperty(error, "stack", { value: undefined, configurable: true, writable: true });
  try {
    script.runInContext(createContext({ error }), { displayErrors: true });
  } catch {
    // That is what it is for.
  } finally {
    Object.defineProperty(error, "stack", stack);
  }
}
