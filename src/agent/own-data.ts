// Reads of the program's objects that cannot run the program's code: own or inherited data properties only, never an
// accessor, never into a Proxy.
import { types } from "node:util";

const { getOwnPropertyDescriptor, getPrototypeOf, hasOwn } = Object;
const { isBoxedPrimitive, isNativeError, isProxy } = types;
/** What the program's literals inherit from: the agent's realm has its own. */
export const programsObject: object = globalThis.Object.prototype;
const { isArray } = Array;
const { isView } = ArrayBuffer;

/**
 * Later engines keep an error's `stack` behind an accessor of their own, one for each realm. Ours reads what the engine
 * has noted of any error, and is as safe as data whatever accessor stands there.
 */
const nativeStackGetter = getOwnPropertyDescriptor(new Error(), "stack")?.get;

/** The value of a data property on `target` or its prototypes; undefined when there is none or it is an accessor. */
export function dataProperty(target: object, key: string | symbol): unknown {
  let owner: object | null = target;
  for (let depth = 0; owner !== null && depth < 16; depth++) {
    if (isProxy(owner)) return undefined;
    const found = getOwnPropertyDescriptor(owner, key);
    if (found !== undefined) {
      if (found.get !== undefined && key === "stack" && nativeStackGetter !== undefined && isNativeError(target))
        return Reflect.apply(nativeStackGetter, target, []);
      return found.value;
    }
    owner = getPrototypeOf(owner) as object | null;
  }
  return undefined;
}

export function textProperty(target: object, key: string): string | undefined {
  const value = dataProperty(target, key);
  return typeof value === "string" ? value : undefined;
}

/**
 * An error's stack. V8 may compose its text only now, from the error's name and message: where those are accessors the
 * stack is left alone. (A program's own Error.prepareStackTrace runs at the first look, as for any logger.)
 */
export function stackOf(error: Error): string | undefined {
  const isPlain = ["name", "message"].every((key) => !isAccessor(error, key));
  return isPlain ? textProperty(error, "stack") : undefined;
}

function isAccessor(target: object, key: string): boolean {
  let owner: object | null = target;
  for (let depth = 0; owner !== null && depth < 16; depth++) {
    if (isProxy(owner)) return true;
    const found = getOwnPropertyDescriptor(owner, key);
    if (found !== undefined) return found.get !== undefined;
    owner = getPrototypeOf(owner) as object | null;
  }
  return false;
}

/** The constructor's name where it is plain data, "" where there is none. */
export function classNameOf(target: object): string {
  const constructor = dataProperty(target, "constructor");
  if (typeof constructor !== "function" || isProxy(constructor)) return "";
  return textProperty(constructor, "name") ?? "";
}

/** An Error of this or another realm, or one that came from a worker thread. */
export const isError = (value: unknown): value is Error => isNativeError(value) || isCopyOfError(value);

/** Node passes errors between threads as plain objects of the same prototype, their texts hidden as an error's are. */
const isCopyOfError = (value: unknown): value is Error =>
  typeof value === "object" &&
  value !== null &&
  !isProxy(value) &&
  ["message", "stack"].every((key) => {
    const found = getOwnPropertyDescriptor(value, key);
    return found !== undefined && found.enumerable !== true && typeof found.value === "string";
  });

/** What can have properties; functions can. */
export const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";

export const isFunction = (value: unknown): value is (this: unknown, ...given: unknown[]) => unknown =>
  typeof value === "function";

/** Of a class or the like; an object of its own, which nobody meets, where it has none. */
export function prototypeOf(constructor: unknown): object {
  const found = isObject(constructor) ? dataProperty(constructor, "prototype") : undefined;
  return isObject(found) ? found : {};
}

/**
 * Its keys are its indices: of a hundred million texts a list, for a text or an array of as many. Of what is no Proxy; what has the
 * prototype of a literal is no text.
 */
export const isListOfUnits = (source: object): boolean =>
  isView(source) ||
  isArray(source) ||
  (getPrototypeOf(source) !== programsObject && hasOwn(source, "length") && isBoxedPrimitive(source));

/** A list of ours, on which what the program makes of its own lists is not run. */
export const copyOf = (list: readonly unknown[]): unknown[] =>
  Array.from({ length: list.length }, (_, at): unknown => Reflect.get(list, at));
