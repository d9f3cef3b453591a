// The language's own functions as they were before the program could replace them. Captured state is read with these
// alone, so that a program that patches Map.prototype or Array.prototype neither breaks the agent nor notices it.
import { types } from "node:util";

export const apply = Reflect.apply;
export const ownKeysOf = Reflect.ownKeys;
export const prototypeOf = Object.getPrototypeOf;
export const ownDescriptor = Object.getOwnPropertyDescriptor;
export const enumerableKeys = Object.keys;
export const isSame = Object.is;
export const isArray = Array.isArray;
export const isView = ArrayBuffer.isView;
const bytesFrom = Uint8Array;

const mapForEach = Map.prototype.forEach;
const mapHas = Map.prototype.has;
const mapGet = Map.prototype.get;
const setForEach = Set.prototype.forEach;
const setHas = Set.prototype.has;
const dateGetTime = Date.prototype.getTime;
const regExpSource = getterOf(RegExp.prototype, "source");
const flagGetters = [
  { letter: "d", read: getterOf(RegExp.prototype, "hasIndices") },
  { letter: "g", read: getterOf(RegExp.prototype, "global") },
  { letter: "i", read: getterOf(RegExp.prototype, "ignoreCase") },
  { letter: "m", read: getterOf(RegExp.prototype, "multiline") },
  { letter: "s", read: getterOf(RegExp.prototype, "dotAll") },
  { letter: "u", read: getterOf(RegExp.prototype, "unicode") },
  { letter: "y", read: getterOf(RegExp.prototype, "sticky") },
];
const mapSize = getterOf(Map.prototype, "size");
const setSize = getterOf(Set.prototype, "size");
const typedArray: unknown = prototypeOf(Uint8Array.prototype);
const viewBuffer = getterOf(typedArray, "buffer");
const viewOffset = getterOf(typedArray, "byteOffset");
const viewLength = getterOf(typedArray, "byteLength");
const viewCount = getterOf(typedArray, "length");
const dataViewBuffer = getterOf(DataView.prototype, "buffer");
const dataViewOffset = getterOf(DataView.prototype, "byteOffset");
const dataViewLength = getterOf(DataView.prototype, "byteLength");
const arrayBufferLength = getterOf(ArrayBuffer.prototype, "byteLength");

function getterOf(prototype: unknown, key: string): (this: unknown) => unknown {
  const getter = typeof prototype === "object" && prototype !== null ? ownDescriptor(prototype, key)?.get : undefined;
  if (getter === undefined) throw new Error(`this runtime has no accessor ${key}`);
  return getter;
}

export const eachPair = (map: ReadonlyMap<unknown, unknown>, visit: (value: unknown, key: unknown) => void): void =>
  apply(mapForEach, map, [visit]);
export const hasKey = (map: ReadonlyMap<unknown, unknown>, key: unknown): boolean => apply(mapHas, map, [key]);
export const valueAt = (map: ReadonlyMap<unknown, unknown>, key: unknown): unknown => apply(mapGet, map, [key]);
export const pairCount = (map: object): number => Number(apply(mapSize, map, []));
export const eachMember = (set: ReadonlySet<unknown>, visit: (member: unknown) => void): void =>
  apply(setForEach, set, [visit]);
export const hasMember = (set: ReadonlySet<unknown>, member: unknown): boolean => apply(setHas, set, [member]);
export const memberCount = (set: object): number => Number(apply(setSize, set, []));
export const timeOf = (date: Date): number => apply(dateGetTime, date, []);
/** `/source/flags` of a real RegExp. The accessors named here read internal slots only, unlike `flags` itself. */
export function patternOf(pattern: RegExp): string {
  let flags = "";
  for (let at = 0; at < flagGetters.length; at++) {
    const flag = flagGetters[at];
    if (flag !== undefined && apply(flag.read, pattern, []) === true) flags += flag.letter;
  }
  return `/${String(apply(regExpSource, pattern, []))}/${flags}`;
}

/** The memory an ArrayBuffer or a view of one shows, without copying it; undefined when it has none to show. */
export function bytesOf(source: object): Uint8Array | undefined {
  try {
    return shownBytesOf(source);
  } catch {
    return undefined; // detached, or shrunk below where the view begins: the language has no other way to ask
  }
}

function shownBytesOf(source: object): Uint8Array | undefined {
  const [buffer, offset, length] = isView(source)
    ? types.isDataView(source)
      ? [apply(dataViewBuffer, source, []), apply(dataViewOffset, source, []), apply(dataViewLength, source, [])]
      : [apply(viewBuffer, source, []), apply(viewOffset, source, []), apply(viewLength, source, [])]
    : [source, 0, apply(arrayBufferLength, source, [])];
  if (!types.isArrayBuffer(buffer)) return undefined;
  try {
    return new bytesFrom(buffer, Number(offset), Number(length));
  } catch {
    return undefined; // its memory was transferred to another thread
  }
}

/** Bytes of one element of a typed array; undefined for other objects and for one without elements. */
export function elementSizeOf(source: object): number | undefined {
  if (!types.isTypedArray(source)) return undefined;
  const count = Number(apply(viewCount, source, []));
  return count === 0 ? undefined : Number(apply(viewLength, source, [])) / count;
}

const mapEntries = Map.prototype.entries;
const setEntries = Set.prototype.entries;
const mapIteratorNext = new Map<unknown, unknown>().entries().next;
const setIteratorNext = new Set<unknown>().entries().next;
type Pair = readonly [unknown, unknown];

/** One after the other, in the language's own order: it goes on while the Map or Set changes, as all iterators over them do. */
export interface Cursor {
  /** Key and value, of a Set each member twice; undefined at the end. */
  next(): Pair | undefined;
}

export function pairsOf(map: ReadonlyMap<unknown, unknown>): Cursor {
  const iterator: Iterator<Pair> = apply(mapEntries, map, []);
  return { next: () => valueOf(apply(mapIteratorNext, iterator, [])) };
}

export function membersOf(set: ReadonlySet<unknown>): Cursor {
  const iterator: Iterator<Pair> = apply(setEntries, set, []);
  return { next: () => valueOf(apply(setIteratorNext, iterator, [])) };
}

const valueOf = (step: IteratorResult<Pair, Pair | undefined>): Pair | undefined => step.value;

/** Gives a subclass of a collection its own copies of the methods, so that patches of the original do not reach it. */
function keepMethods(own: object, original: object): void {
  const keys = ownKeysOf(original);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at];
    if (key === undefined || key === "constructor") continue;
    const descriptor = ownDescriptor(original, key);
    if (descriptor !== undefined) Object.defineProperty(own, key, descriptor);
  }
}

export class OwnMap<Key, Value> extends Map<Key, Value> {}
export class OwnSet<Member> extends Set<Member> {}
export class OwnWeakMap<Key extends WeakKey, Value> extends WeakMap<Key, Value> {}
keepMethods(OwnMap.prototype, Map.prototype);
keepMethods(OwnSet.prototype, Set.prototype);
keepMethods(OwnWeakMap.prototype, WeakMap.prototype);

/** Canonical array indices, which objects keep in ascending order before all other keys. */
export function isIndexKey(key: string): boolean {
  const first = key.charCodeAt(0);
  if (!(first >= 48 && first <= 57) || key.length > 10) return false;
  const index = Number(key);
  return index % 1 === 0 && index < 4294967295 && String(index) === key;
}
