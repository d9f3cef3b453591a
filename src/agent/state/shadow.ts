// What was last recorded of an object, kept to find out later what changed. Slots hold the program's own values, compared
// by identity, so nothing is copied deeply; the shadow lives and dies with its object (it is a WeakMap's value).
import {
  OwnMap,
  OwnSet,
  bytesOf,
  eachMember,
  eachPair,
  enumerableKeys,
  isArray,
  isIndexKey,
  memberCount,
  ownDescriptor,
  ownKeysOf,
  pairCount,
  timeOf,
} from "./intrinsics.js";
import { isDate, isMap, isSet, kindOf } from "./nature.js";

/** A slot of the program: one of its values, or one of the two marks below. */
export type Slot = unknown;
/** An array index with nothing at it. */
export const hole: unique symbol = Symbol("hole");
/** An accessor property: reading it would run the program's code. */
export const accessor: unique symbol = Symbol("accessor");

export type Entries = OwnMap<string, Slot>;

/** `hasMore`: own properties beside what such an object is for, which are not captured and are said not to be. */
export type Shadow =
  | { readonly kind: "object" | "error"; readonly entries: Entries }
  | { readonly kind: "array"; readonly elements: Slot[]; readonly entries: Entries }
  | { readonly kind: "map"; readonly pairs: OwnMap<unknown, Slot>; readonly hasMore: boolean }
  | { readonly kind: "set"; readonly members: OwnSet<unknown>; readonly hasMore: boolean }
  | { readonly kind: "date"; timeMs: number; readonly hasMore: boolean }
  | { readonly kind: "bytes"; bytes: Uint8Array; length: number; readonly hasMore: boolean }
  | { readonly kind: "opaque"; readonly tooLarge: boolean };

const opaque: Shadow = { kind: "opaque", tooLarge: false };
export const tooLarge: Shadow = { kind: "opaque", tooLarge: true };

export interface Budget {
  /** Elements, keys, pairs or members of one object beyond which it is "too-large". */
  readonly slots: number;
  /** Bytes kept of a buffer; the rest is counted. */
  readonly bytes: number;
  /** UTF-16 units kept of a string. */
  readonly stringLength: number;
  /** Rough size of one object's contents as a record, beyond which it is "too-large": the ring takes no larger ones. */
  readonly contentBytes: number;
}

/** Reads an object as it is now. */
export function shadowOf(object: object, budget: Budget): Shadow {
  const shadow = readShadow(object, budget);
  return isTooHeavy(shadow, budget) ? tooLarge : shadow;
}

function isTooHeavy(shadow: Shadow, { stringLength, contentBytes }: Budget): boolean {
  let bytes = 0;
  const weigh = (slot: Slot): void => {
    bytes += typeof slot === "string" ? 8 + Math.min(slot.length, stringLength) : 9;
  };
  switch (shadow.kind) {
    case "object":
    case "error":
      shadow.entries.forEach((slot, key) => (weigh(key), weigh(slot)));
      break;
    case "array":
      for (let at = 0; at < shadow.elements.length; at++) weigh(shadow.elements[at]);
      break;
    case "map":
      shadow.pairs.forEach((value, key) => (weigh(key), weigh(value)));
      break;
    case "set":
      shadow.members.forEach(weigh);
      break;
    default:
      break;
  }
  return bytes > contentBytes;
}

function readShadow(object: object, budget: Budget): Shadow {
  switch (kindOf(object)) {
    case "object":
      return entriesShadow("object", object, budget);
    case "error":
      return entriesShadow("error", object, budget);
    case "array":
      return arrayShadow(object, budget);
    case "map":
      return isMap(object) ? mapShadow(object, budget) : opaque;
    case "set":
      return isSet(object) ? setShadow(object, budget) : opaque;
    case "date":
      return isDate(object) ? { kind: "date", timeMs: timeOf(object), hasMore: hasProperties(object) } : opaque;
    case "bytes":
      return bytesShadow(object, budget);
    case "opaque":
      return opaque;
  }
}

function entriesShadow(kind: "object" | "error", object: object, budget: Budget): Shadow {
  const keys = kind === "error" ? errorKeys(object) : enumerableKeys(object);
  if (keys.length > budget.slots) return tooLarge;
  const entries: Entries = new OwnMap();
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at];
    if (key !== undefined) entries.set(key, readSlot(object, key));
  }
  return { kind, entries };
}

/** Message and cause are own but not enumerable; `stack` is left out, since reading it can run the program's formatter. */
export function errorKeys(error: object): string[] {
  const all = ownKeysOf(error);
  const keys: string[] = [];
  for (let at = 0; at < all.length; at++) {
    const key = all[at];
    if (typeof key === "string" && key !== "stack") keys[keys.length] = key;
  }
  return keys;
}

function arrayShadow(array: object, budget: Budget): Shadow {
  const length = lengthOf(array);
  if (length > budget.slots) return tooLarge;
  const elements: Slot[] = [];
  for (let index = 0; index < length; index++) elements[index] = readElement(array, index);
  const entries: Entries = new OwnMap();
  const keys = extraKeys(array);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at];
    if (key !== undefined) entries.set(key, readSlot(array, key));
  }
  return { kind: "array", elements, entries };
}

/** Enumerable keys of an array that are no indices; the language lists them last. */
export function extraKeys(array: object): string[] {
  const keys = enumerableKeys(array);
  let from = keys.length;
  while (from > 0 && !isIndexKey(keys[from - 1] ?? "0")) from--;
  const extra: string[] = [];
  for (let at = from; at < keys.length; at++) extra[extra.length] = keys[at] ?? "";
  return extra;
}

function mapShadow(map: Map<unknown, unknown>, budget: Budget): Shadow {
  if (pairCount(map) > budget.slots) return tooLarge;
  const pairs = new OwnMap<unknown, Slot>();
  eachPair(map, (value, key) => pairs.set(key, value));
  return { kind: "map", pairs, hasMore: hasProperties(map) };
}

function setShadow(set: Set<unknown>, budget: Budget): Shadow {
  if (memberCount(set) > budget.slots) return tooLarge;
  const members = new OwnSet<unknown>();
  eachMember(set, (member) => members.add(member));
  return { kind: "set", members, hasMore: hasProperties(set) };
}

export const hasProperties = (object: object): boolean => enumerableKeys(object).length > 0;

/** Indices of a typed array are keys, too, and only asking for all of them tells whether there are others. */
const mostKeysLookedAt = 1024;

function bytesShadow(source: object, budget: Budget): Shadow {
  const all = bytesOf(source);
  if (all === undefined) return opaque;
  const hasMore = all.length <= mostKeysLookedAt && extraKeys(source).length > 0;
  return { kind: "bytes", bytes: all.slice(0, budget.bytes), length: all.length, hasMore };
}

/** The value of an own data property, or `accessor`. Only for keys the object has. */
export function readSlot(object: object, key: string): Slot {
  const descriptor = ownDescriptor(object, key);
  if (descriptor === undefined) return undefined;
  return descriptor.get === undefined && descriptor.set === undefined ? descriptor.value : accessor;
}

export function readElement(array: object, index: number): Slot {
  const descriptor = ownDescriptor(array, index);
  if (descriptor === undefined) return hole;
  return descriptor.get === undefined && descriptor.set === undefined ? descriptor.value : accessor;
}

/** `length` of a real array, which no Proxy is, is always a data property. */
export const lengthOf = (array: object): number => (isArray(array) ? array.length : 0);
