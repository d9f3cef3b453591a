// The ports in what is posted, in the same order at both ends: the copy that arrives has the same keys in the same order. Only
// plain data is looked at, never an accessor or into a Proxy, and no more than so many objects of it.
import { types } from "node:util";
import { MessagePort } from "node:worker_threads";

const mostObjects = 1000;
const { getOwnPropertyDescriptor, getPrototypeOf, keys } = Object;
const { entries: mapEntries } = Map.prototype;
const { values: setValues } = Set.prototype;

/** Undefined where that cannot be said: what an accessor gives is posted, too. Stops at the `most`th. */
export function portsIn(posted: unknown, most = Infinity): readonly MessagePort[] | undefined {
  const found: MessagePort[] = [];
  const met = new Set<unknown>();
  const waiting: unknown[] = [posted];
  for (let at = 0; at < waiting.length && found.length < most; at++) {
    const next = waiting[at];
    if (typeof next !== "object" || next === null || met.has(next)) continue;
    if (types.isProxy(next) || waiting.length > mostObjects) return undefined;
    met.add(next);
    if (isPort(next)) found.push(next);
    else if (types.isMap(next))
      for (const [key, value] of Reflect.apply(mapEntries, next, [])) waiting.push(key, value);
    else if (types.isSet(next)) for (const value of Reflect.apply(setValues, next, [])) waiting.push(value);
    else if (!isWhole(next)) {
      if (Array.isArray(next) && next.length > mostObjects) return undefined;
      for (const key of keys(next)) {
        const own = getOwnPropertyDescriptor(next, key);
        if (own === undefined || own.get !== undefined) return undefined;
        if (typeof own.value === "object") waiting.push(own.value);
      }
    }
  }
  return found;
}

const isPort = (value: object): value is MessagePort => getPrototypeOf(value) === MessagePort.prototype;

/** What is copied otherwise than key by key. */
const isWhole = (value: object): boolean =>
  types.isArrayBufferView(value) ||
  types.isAnyArrayBuffer(value) ||
  types.isNativeError(value) ||
  types.isDate(value) ||
  types.isRegExp(value) ||
  types.isBoxedPrimitive(value);
