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
import type { LongMap, LongSet } from "./long-map.js";
import { isDate, isMap, isProxy, isSet, kindOf } from "./nature.js";

/** A slot of the program: one of its values, or one of the two marks below. */
export type Slot = unknown;
/** An array index with nothing at it. */
export const hole: unique symbol = Symbol("hole");
/** An accessor property: reading it would run the program's code. */
export const accessor: unique symbol = Symbol("accessor");

/** Long ones belong to what was too large to be read in one go. */
export type Entries = OwnMap<string, Slot> | LongMap<string, Slot>;
export type Pairs = OwnMap<unknown, Slot> | LongMap<unknown, Slot>;
export type Members = OwnSet<unknown> | LongSet<unknown>;

/** `hasMore`: own properties beside what such an object is for, which are not captured and are said not to be. */
export type Shadow =
  | { readonly kind: "object" | "error"; readonly entries: Entries }
  | { readonly kind: "array"; readonly elements: Slot[]; readonly entries: Entries }
  | { readonly kind: "map"; readonly pairs: Pairs; readonly hasMore: boolean }
  | { readonly kind: "set"; readonly members: Members; readonly hasMore: boolean }
  | { readonly kind: "date"; timeMs: number; readonly hasMore: boolean }
  | { readonly kind: "bytes"; bytes: Uint8Array; length: number; readonly hasMore: boolean }
  | { readonly kind: "opaque"; readonly tooLarge: false }
  /** Of as many slots as this: it is looked at again when it has fewer. */
  | { readonly kind: "opaque"; readonly tooLarge: true; readonly slots: number }
  /** Has an id and is waiting to be read. */
  | { readonly kind: "unread" };

const opaque: Shadow = { kind: "opaque", tooLarge: false };
export const unread: Shadow = { kind: "unread" };
export const tooLargeOf = (slots: number): Shadow => ({ kind: "opaque", tooLarge: true, slots });

/** Containers of more slots than this are neither read, compared nor recorded in one go. */
export const slotsInOneGo = 1000;
/** Of what is gone through a piece at a time, about how much a piece is. */
export const slotsPerPiece = 128;
/** UTF-16 units that are recorded in one go: what takes as long as that many slots. */
const unitsInOneGo = 64_000;
const unitsPerSlot = unitsInOneGo / slotsInOneGo;

/** How much there is to it, in slots; long strings count for more than one. */
export const costOf = (shadow: Shadow, { stringLength }: Budget): number =>
  sizeOf(shadow) + unitsIn(shadow, stringLength) / unitsPerSlot;

export const costOfSlot = (slot: Slot, { stringLength }: Budget): number =>
  typeof slot === "string" ? 1 + Math.min(slot.length, stringLength) / unitsPerSlot : 1;

export const bytesOfSlot = (slot: Slot, { stringLength }: Budget): number =>
  typeof slot === "string" ? 9 + Math.min(slot.length, stringLength) : 9;

/** Elements, keys, pairs or members that are known of an object. */
export function sizeOf(shadow: Shadow | undefined): number {
  switch (shadow?.kind) {
    case "object":
    case "error":
      return shadow.entries.size;
    case "array":
      return shadow.elements.length;
    case "map":
      return shadow.pairs.size;
    case "set":
      return shadow.members.size;
    default:
      return 1;
  }
}

/** Elements, pairs or members that there are now; of other objects, whose keys only a list of all could count, undefined. */
export function countOf(object: object): number | undefined {
  if (isProxy(object)) return undefined;
  if (isArray(object)) return object.length;
  if (isMap(object)) return pairCount(object);
  return isSet(object) ? memberCount(object) : undefined;
}

/** The same of any object. */
export function slotsOf(object: object): number {
  const kind = kindOf(object);
  return countOf(object) ?? (kind === "object" || kind === "error" ? keysOf(object, kind).length : 1);
}

/** Whether it has to be gone through in pieces. */
export const isLong = (shadow: Shadow | undefined, object: object): boolean =>
  sizeOf(shadow) > slotsInOneGo || (countOf(object) ?? 0) > slotsInOneGo;

export interface Budget {
  /** Elements, keys, pairs or members of one object beyond which it is "too-large". */
  readonly slots: number;
  /** Bytes kept of a buffer; the rest is counted. */
  readonly bytes: number;
  /** UTF-16 units kept of a string. */
  readonly stringLength: number;
  /** Rough size of one object's contents as records, beyond which it is "too-large". */
  readonly contentBytes: number;
}

/** Reads an object as it is now. */
export function shadowOf(object: object, budget: Budget): Shadow {
  const shadow = readShadow(object, budget);
  const size = sizeOf(shadow);
  // Keys and values.
  if (size * 2 * (9 + budget.stringLength) <= budget.contentBytes) return shadow;
  return unitsIn(shadow, budget.stringLength) + 9 * size > budget.contentBytes ? tooLargeOf(size) : shadow;
}

function unitsIn(shadow: Shadow, stringLength: number): number {
  let units = 0;
  const weigh = (slot: Slot): void => {
    if (typeof slot === "string") units += Math.min(slot.length, stringLength);
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
  return units;
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
  const keys = keysOf(object, kind);
  if (keys.length > budget.slots) return tooLargeOf(keys.length);
  const entries = new OwnMap<string, Slot>();
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at];
    if (key !== undefined) entries.set(key, readSlot(object, key));
  }
  return { kind, entries };
}

export const keysOf = (object: object, kind: "object" | "error"): string[] =>
  kind === "error" ? errorKeys(object) : enumerableKeys(object);

/** Message and cause are own but not enumerable; `stack` is left out, since reading it can run the program's formatter. */
function errorKeys(error: object): string[] {
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
  if (length > budget.slots) return tooLargeOf(length);
  const elements: Slot[] = [];
  for (let index = 0; index < length; index++) elements[index] = readElement(array, index);
  const entries = new OwnMap<string, Slot>();
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
  if (pairCount(map) > budget.slots) return tooLargeOf(pairCount(map));
  const pairs = new OwnMap<unknown, Slot>();
  eachPair(map, (value, key) => pairs.set(key, value));
  return { kind: "map", pairs, hasMore: hasProperties(map) };
}

function setShadow(set: Set<unknown>, budget: Budget): Shadow {
  if (memberCount(set) > budget.slots) return tooLargeOf(memberCount(set));
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
