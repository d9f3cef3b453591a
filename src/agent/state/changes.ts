// Finds what changed in one object since its shadow, as the smallest operations that say it exactly, and brings the shadow
// up to date. When no sequence of small operations gives the same order of keys, the answer is the contents anew.
import type { ObjectId } from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import { type Encoder, type Subject, contentsOf, nameFrom } from "./contents.js";
import {
  OwnMap,
  eachMember,
  eachPair,
  hasKey,
  hasMember,
  isIndexKey,
  isSame,
  memberCount,
  pairCount,
  timeOf,
} from "./intrinsics.js";
import { inOrder } from "./long-map.js";
import { isDate, isMap, isSet } from "./nature.js";
import {
  type Budget,
  type Entries,
  type Members,
  type Pairs,
  type Shadow,
  extraKeys,
  hasProperties,
  keysOf,
  lengthOf,
  readSlot,
  shadowOf,
  slotsInOneGo,
} from "./shadow.js";
import { spliceOf } from "./splices.js";

/**
 * The operations from the shadow to the object as it is, oldest first. Empty when nothing changed; undefined when it has got
 * too large to be compared in one go.
 */
export function changesOf(
  subject: Subject,
  object: object,
  budget: Budget,
  encode: Encoder,
): WriteOperation[] | undefined {
  const { shadow } = subject;
  // Of bytes that is asked with everything else.
  if ("hasMore" in shadow && shadow.kind !== "bytes" && hasProperties(object) !== shadow.hasMore)
    return anew(subject, object, budget, encode);
  switch (shadow.kind) {
    case "object":
    case "error":
      return entriesChanges(subject, shadow.entries, object, keysOf(object, shadow.kind), budget, encode);
    case "array":
      return arrayChanges(subject, shadow, object, budget, encode);
    case "map":
      return isMap(object) ? mapChanges(subject, shadow.pairs, object, budget, encode) : [];
    case "set":
      return isSet(object) ? setChanges(subject, shadow.members, object, budget, encode) : [];
    case "date":
      return isDate(object) && !isSame(timeOf(object), shadow.timeMs) ? anew(subject, object, budget, encode) : [];
    case "bytes":
      return bytesChanges(subject, shadow, object, budget, encode);
    case "opaque":
      return shadow.tooLarge ? changesOfTooLarge(subject, object, budget, encode) : [];
    case "unread":
      return [];
  }
}

/** Replaces the shadow by the object as it is and states it as a whole. */
function anew(subject: Subject, object: object, budget: Budget, encode: Encoder): WriteOperation[] {
  subject.shadow = shadowOf(object, budget);
  return [{ kind: "contents", target: subject.id, contents: contentsOf(subject, encode) }];
}

function entriesChanges(
  subject: Subject,
  entries: Entries,
  object: object,
  keys: readonly string[],
  budget: Budget,
  encode: Encoder,
): WriteOperation[] | undefined {
  if (keys.length > budget.slots) return anew(subject, object, budget, encode);
  if (keys.length > slotsInOneGo) return undefined;
  const operations = keyOperations(subject.id, entries, object, keys, encode);
  return operations ?? anew(subject, object, budget, encode);
}

/** Undefined when the order of the keys can only be had by stating the contents anew. The shadow is then unusable. */
function keyOperations(
  target: ObjectId,
  entries: Entries,
  object: object,
  keys: readonly string[],
  encode: Encoder,
): WriteOperation[] | undefined {
  if (isUnchanged(entries, object, keys)) return [];
  const operations: WriteOperation[] = [];
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] ?? "";
    const slot = readSlot(object, key);
    if (isSame(entries.get(key), slot) && (slot !== undefined || entries.has(key))) continue;
    entries.set(key, slot);
    operations[operations.length] = { kind: "set", target, key, value: encode.slot(slot, key) };
  }
  const vanished = entries.size - keys.length;
  if (vanished > 0) {
    const kept = new OwnMap<string, true>();
    for (let at = 0; at < keys.length; at++) kept.set(keys[at] ?? "", true);
    entries.forEach((_slot, key) => {
      if (kept.has(key)) return;
      entries.delete(key);
      operations[operations.length] = { kind: "delete", target, key };
    });
  }
  return keys.length < 2 || hasOrder(entries, keys) ? operations : undefined;
}

/** Sure of it in one pass; objects with index-like keys may take the longer way to the same answer. */
function isUnchanged(entries: Entries, object: object, keys: readonly string[]): boolean {
  if (entries.size !== keys.length) return false;
  const order = inOrder(entries);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] ?? "";
    if (order.next()?.[0] !== key || !isSame(entries.get(key), readSlot(object, key))) return false;
  }
  return true;
}

/** Index-like keys come first and ascending whatever was done; only the others keep the order they were added in. */
function hasOrder(entries: Entries, keys: readonly string[]): boolean {
  let at = 0;
  while (at < keys.length && isIndexKey(keys[at] ?? "")) at++;
  let isSameOrder = true;
  entries.forEach((_slot, key) => {
    if (isIndexKey(key)) return;
    if (keys[at++] !== key) isSameOrder = false;
  });
  return isSameOrder;
}

function arrayChanges(
  subject: Subject,
  shadow: Extract<Shadow, { kind: "array" }>,
  array: object,
  budget: Budget,
  encode: Encoder,
): WriteOperation[] {
  const length = lengthOf(array);
  if (length > budget.slots) return anew(subject, array, budget, encode);
  const splice = spliceOf(subject.id, shadow.elements, array, length, encode);
  const extra = extraKeys(array);
  if (extra.length === 0 && shadow.entries.size === 0) return splice === undefined ? [] : [splice];
  const operations = keyOperations(subject.id, shadow.entries, array, extra, encode);
  if (operations === undefined) return anew(subject, array, budget, encode);
  return splice === undefined ? operations : [splice, ...operations];
}

function mapChanges(
  subject: Subject,
  pairs: Pairs,
  map: Map<unknown, unknown>,
  budget: Budget,
  encode: Encoder,
): WriteOperation[] {
  const target = subject.id;
  if (pairCount(map) > budget.slots) return anew(subject, map, budget, encode);
  if (isUnchangedMap(pairs, map)) return [];
  const operations: WriteOperation[] = [];
  if (pairCount(map) === 0) {
    if (pairs.size === 0) return operations;
    pairs.clear();
    return [{ kind: "clear", target }];
  }
  pairs.forEach((_value, key) => {
    if (hasKey(map, key)) return;
    pairs.delete(key);
    operations[operations.length] = { kind: "map-delete", target, key: encode.member(key) };
  });
  eachPair(map, (value, key) => {
    if (pairs.has(key) && isSame(pairs.get(key), value)) return;
    pairs.set(key, value);
    const encoded = { key: encode.member(key), value: encode.slot(value, nameFrom(key)) };
    operations[operations.length] = { kind: "map-set", target, ...encoded };
  });
  return hasSameKeyOrder(pairs, (visit) => eachPair(map, (_value, key) => visit(key)))
    ? operations
    : anew(subject, map, budget, encode);
}

function isUnchangedMap(pairs: Pairs, map: Map<unknown, unknown>): boolean {
  if (pairs.size !== pairCount(map)) return false;
  const order = inOrder(pairs);
  let isSameSoFar = true;
  eachPair(map, (value, key) => {
    if (isSameSoFar) isSameSoFar = isSame(order.next()?.[0], key) && isSame(pairs.get(key), value);
  });
  return isSameSoFar;
}

function setChanges(
  subject: Subject,
  members: Members,
  set: Set<unknown>,
  budget: Budget,
  encode: Encoder,
): WriteOperation[] {
  const target = subject.id;
  if (memberCount(set) > budget.slots) return anew(subject, set, budget, encode);
  const operations: WriteOperation[] = [];
  if (memberCount(set) === 0) {
    if (members.size === 0) return operations;
    members.clear();
    return [{ kind: "clear", target }];
  }
  members.forEach((member) => {
    if (hasMember(set, member)) return;
    members.delete(member);
    operations[operations.length] = { kind: "set-delete", target, member: encode.member(member) };
  });
  eachMember(set, (member) => {
    if (members.has(member)) return;
    members.add(member);
    operations[operations.length] = { kind: "set-add", target, member: encode.member(member) };
  });
  return hasSameKeyOrder(members, (visit) => eachMember(set, visit)) ? operations : anew(subject, set, budget, encode);
}

function hasSameKeyOrder(
  own: { forEach(visit: (value: unknown, key: unknown) => void): void },
  eachKey: (visit: (key: unknown) => void) => void,
): boolean {
  const order: unknown[] = [];
  own.forEach((_value, key) => (order[order.length] = key));
  let at = 0;
  let isSameOrder = true;
  eachKey((key) => {
    if (!isSame(order[at++], key)) isSameOrder = false;
  });
  return isSameOrder;
}

function bytesChanges(
  subject: Subject,
  shadow: Extract<Shadow, { kind: "bytes" }>,
  source: object,
  budget: Budget,
  encode: Encoder,
): WriteOperation[] {
  const now = shadowOf(source, budget);
  if (now.kind !== "bytes") return anew(subject, source, budget, encode);
  let isSameBytes = now.length === shadow.length && now.hasMore === shadow.hasMore;
  for (let at = 0; isSameBytes && at < now.bytes.length; at++) isSameBytes = now.bytes[at] === shadow.bytes[at];
  if (isSameBytes) return [];
  subject.shadow = now;
  return [{ kind: "contents", target: subject.id, contents: contentsOf(subject, encode) }];
}

function changesOfTooLarge(subject: Subject, object: object, budget: Budget, encode: Encoder): WriteOperation[] {
  const now = shadowOf(object, { ...budget, slots: Math.min(budget.slots, slotsInOneGo) });
  if (now.kind === "opaque") return [];
  subject.shadow = now;
  return [{ kind: "contents", target: subject.id, contents: contentsOf(subject, encode) }];
}
