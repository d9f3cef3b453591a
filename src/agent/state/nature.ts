// What an object is, decided without running any of the program's code: no getter, no trap, no instanceof hook.
import { EventEmitter } from "node:events";
import { Server as NetServer, Socket } from "node:net";
import { Stream } from "node:stream";
import { types } from "node:util";
import type { ObjectKind } from "../../shared/trace/value.js";
import { OwnSet, OwnWeakMap, isArray, ownDescriptor, patternOf, prototypeOf } from "./intrinsics.js";

const {
  isAnyArrayBuffer,
  isArrayBufferView,
  isBoxedPrimitive,
  isDate,
  isExternal,
  isGeneratorObject,
  isMap,
  isMapIterator,
  isModuleNamespaceObject,
  isNativeError,
  isPromise,
  isProxy,
  isRegExp,
  isSet,
  isSetIterator,
  isSharedArrayBuffer,
  isWeakMap,
  isWeakSet,
} = types;

export { isDate, isMap, isProxy, isSet };

/** What all objects with one prototype share. */
interface Family {
  readonly className: string;
  /** Handles of the runtime: their fields are Node's own bookkeeping, not state of the program. */
  readonly isHandle: boolean;
}

const handlePrototypes = new OwnSet<unknown>([
  Stream.prototype,
  Socket.prototype,
  NetServer.prototype,
  EventTarget.prototype,
  AbortController.prototype,
  globalThis.WeakRef.prototype,
  globalThis.FinalizationRegistry.prototype,
  globalThis.Intl.DateTimeFormat.prototype,
  globalThis.Intl.NumberFormat.prototype,
  URL.prototype,
  URLSearchParams.prototype,
  ...timerPrototypes(),
]);
/** The program's, which is not ours (own-realm.ts). */
const objectPrototype: unknown = globalThis.Object.prototype;
const emitterPrototype: unknown = EventEmitter.prototype;
const ownProcess: unknown = process;

function timerPrototypes(): unknown[] {
  const timeout = setTimeout(() => undefined, 1);
  const immediate = setImmediate(() => undefined);
  clearTimeout(timeout);
  clearImmediate(immediate);
  return [prototypeOf(timeout), prototypeOf(immediate)];
}

const plainObject: Family = { className: "Object", isHandle: false };
const withoutPrototype: Family = { className: "", isHandle: false };
const families = new OwnWeakMap<object, Family>();

export function familyOf(object: object): Family {
  const prototype: unknown = prototypeOf(object);
  if (prototype === objectPrototype) return plainObject;
  if (prototype === null || typeof prototype !== "object") return withoutPrototype;
  const known = families.get(prototype);
  if (known !== undefined) return known;
  const family = familyFromPrototype(prototype);
  families.set(prototype, family);
  return family;
}

function familyFromPrototype(prototype: object): Family {
  let className = "";
  let isHandle = false;
  let at: unknown = prototype;
  while (typeof at === "object" && at !== null && !isProxy(at)) {
    if (className === "") className = constructorName(at);
    if (handlePrototypes.has(at)) isHandle = true;
    at = at === emitterPrototype ? null : prototypeOf(at);
  }
  return { className, isHandle };
}

/** Of the object's class and those that it extends, the nearest first; none for what has no class of its own. */
export function classNamesOf(prototype: unknown): string[] {
  const names: string[] = [];
  let at = prototype;
  while (typeof at === "object" && at !== null && at !== objectPrototype && !isProxy(at)) {
    const name = constructorName(at);
    if (name !== "") names[names.length] = name;
    at = prototypeOf(at);
  }
  return names;
}

function constructorName(prototype: object): string {
  const constructor: unknown = ownDescriptor(prototype, "constructor")?.value;
  return typeof constructor === "function" ? functionName(constructor) : "";
}

/** The name of a function as data; "" for a Proxy or when the name is computed by an accessor. */
export function functionName(subject: object): string {
  if (isProxy(subject)) return "";
  const name: unknown = ownDescriptor(subject, "name")?.value;
  return typeof name === "string" ? name : "";
}

/** Which kind of contents the object has. Never asked about a Proxy. */
export function kindOf(object: object): ObjectKind {
  const prototype: unknown = prototypeOf(object);
  if (isArray(object)) return "array";
  if (prototype === objectPrototype) return "object";
  if (isMap(object)) return "map";
  if (isSet(object)) return "set";
  if (isDate(object)) return "date";
  if (isNativeError(object)) return "error";
  if (isSharedArrayBuffer(object)) return "opaque";
  if (isArrayBufferView(object) || isAnyArrayBuffer(object)) return "bytes";
  if (isExotic(object) || object === ownProcess || familyOf(object).isHandle) return "opaque";
  return "object";
}

function isExotic(object: object): boolean {
  return (
    typeof object === "function" ||
    isPromise(object) ||
    isRegExp(object) ||
    isWeakMap(object) ||
    isWeakSet(object) ||
    isBoxedPrimitive(object) ||
    isGeneratorObject(object) ||
    isMapIterator(object) ||
    isSetIterator(object) ||
    isModuleNamespaceObject(object) ||
    isExternal(object)
  );
}

/** One word or two for a value whose contents are not kept: "Promise", "function save", "/a+/g". */
export function describe(object: object): string {
  if (typeof object === "function") {
    const name = functionName(object);
    return name === "" ? "function" : `function ${name}`;
  }
  if (isRegExp(object)) return patternOf(object);
  const { className } = familyOf(object);
  return className === "" ? "object" : className;
}
