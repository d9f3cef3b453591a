// What instrumented code tells as it writes. Nothing it says is believed beyond "look here": the object is read again after
// the write, so setters, frozen targets and coercion come out as they were. Operations on arrays, Maps and Sets cost what
// the operation costs, not what the collection holds, as long as its size says that nothing else happened unseen.
import type { WriteOperation } from "../../shared/trace/write.js";
import { nameFrom, replaceElements } from "./changes.js";
import {
  OwnMap,
  hasKey,
  hasMember,
  isArray,
  isIndexKey,
  isSame,
  memberCount,
  ownDescriptor,
  pairCount,
  valueAt,
} from "./intrinsics.js";
import type { Followed, FollowedObjects, LocationOf } from "./followed.js";
import { isMap, isProxy, isSet } from "./nature.js";
import { type Shadow, accessor, lengthOf, readElement } from "./shadow.js";

type ArrayShadow = Extract<Shadow, { kind: "array" }>;

export class WriteNotes {
  readonly #log: FollowedObjects;
  readonly #locationOf: LocationOf;

  constructor(log: FollowedObjects, locationOf: LocationOf) {
    this.#log = log;
    this.#locationOf = locationOf;
  }

  /** Own property `key` of the object was assigned, updated or deleted. */
  property(object: unknown, key: unknown, site: number): void {
    const entry = this.#log.followed(object);
    if (entry?.shadow === undefined || typeof object !== "object" || object === null) return;
    if (typeof key === "symbol") return;
    const name = typeof key === "string" ? key : typeof key === "number" ? String(key) : undefined;
    const { shadow } = entry;
    if (name === undefined) this.#compare(entry, object, site);
    else if (shadow.kind === "object") this.#namedProperty(entry, shadow, object, name, site);
    else if (shadow.kind === "array" && isIndexKey(name)) this.#element(entry, shadow, object, Number(name), site);
    else if (shadow.kind !== "bytes") this.#compare(entry, object, site);
  }

  /** Something else may have changed the object: compare it as a whole. */
  object(object: unknown, site: number): void {
    const entry = this.#log.followed(object);
    if (entry !== undefined && typeof object === "object" && object !== null) this.#compare(entry, object, site);
  }

  /** Like `object`, for what is found from `object` by the names of `path`, as far as they are plain data. */
  objectBehind(object: unknown, path: string, site: number): void {
    const names = path.split(".");
    let at = object;
    for (let n = 0; n < names.length; n++) {
      if (typeof at !== "object" || at === null || isProxy(at)) return;
      at = ownDescriptor(at, names[n] ?? "")?.value;
    }
    this.object(at, site);
  }

  /** A method that changes its receiver returned `result`. `first` is the first argument of those that take a key. */
  method(object: unknown, name: string, first: unknown, result: unknown, site: number): void {
    const entry = this.#log.followed(object);
    if (entry?.shadow === undefined || typeof object !== "object" || object === null) return;
    const { shadow } = entry;
    if (shadow.kind === "array") this.#arrayMethod(entry, shadow, object, name, first, result, site);
    else if (shadow.kind === "map" && isMap(object) && (name === "set" || name === "delete"))
      this.#mapKey(entry, shadow.pairs, object, first, site);
    else if (shadow.kind === "set" && isSet(object) && (name === "add" || name === "delete"))
      this.#member(entry, shadow.members, object, first, site);
    else if (shadow.kind !== "bytes") this.#compare(entry, object, site);
  }

  /** Private field `name`, with its "#", holds `value` now. */
  privateField(object: unknown, name: string, value: unknown, site: number): void {
    const entry = this.#log.followed(object);
    if (entry?.shadow?.kind !== "object" && entry?.shadow?.kind !== "error") return;
    entry.privates ??= new OwnMap();
    if (entry.privates.has(name) && isSame(entry.privates.get(name), value)) return;
    entry.privates.set(name, value);
    this.#record({ kind: "set", target: entry.id, key: name, value: this.#log.encoder.slot(value, name) }, site);
  }

  #namedProperty(
    entry: Followed,
    shadow: Extract<Shadow, { kind: "object" | "error" }>,
    object: object,
    key: string,
    site: number,
  ): void {
    const { entries } = shadow;
    const descriptor = ownDescriptor(object, key);
    const isData = descriptor !== undefined && descriptor.get === undefined && descriptor.set === undefined;
    if (isData && descriptor.enumerable === true) {
      const value: unknown = descriptor.value;
      if (isSame(entries.get(key), value) && (value !== undefined || entries.has(key))) return;
      if (!entries.has(key) && entries.size >= this.#log.limits.slots) return this.#compare(entry, object, site);
      entries.set(key, value);
      this.#record({ kind: "set", target: entry.id, key, value: this.#log.encoder.slot(value, key) }, site);
    } else if (descriptor === undefined && entries.has(key) && entries.get(key) !== accessor) {
      entries.delete(key);
      this.#record({ kind: "delete", target: entry.id, key }, site);
    } else {
      // A setter ran, or nothing happened: whatever changed is somewhere else in the object.
      this.#compare(entry, object, site);
    }
  }

  #element(entry: Followed, shadow: ArrayShadow, array: object, index: number, site: number): void {
    const { elements } = shadow;
    const length = lengthOf(array);
    const expected = Math.max(elements.length, index + 1);
    if (length !== expected || index - elements.length > 1000) {
      if (index < elements.length || length !== elements.length) this.#compare(entry, array, site);
      return;
    }
    if (index < elements.length && isSame(elements[index], readElement(array, index))) return;
    const start = Math.min(index, elements.length);
    this.#splice(entry, elements, array, start, index < elements.length ? 1 : 0, index + 1 - start, site);
  }

  #arrayMethod(
    entry: Followed,
    shadow: ArrayShadow,
    array: object,
    name: string,
    first: unknown,
    result: unknown,
    site: number,
  ): void {
    const { elements } = shadow;
    const before = elements.length;
    const grown = lengthOf(array) - before;
    if (before + grown > this.#log.limits.slots) return this.#compare(entry, array, site);
    switch (name) {
      case "push":
        if (grown > 0) return this.#splice(entry, elements, array, before, 0, grown, site);
        break;
      case "unshift":
        if (grown > 0) return this.#splice(entry, elements, array, 0, 0, grown, site);
        break;
      case "pop":
        if (grown === -1) return this.#splice(entry, elements, array, before - 1, 1, 0, site);
        if (grown === 0 && before === 0) return;
        break;
      case "shift":
        if (grown === -1) return this.#splice(entry, elements, array, 0, 1, 0, site);
        if (grown === 0 && before === 0) return;
        break;
      case "splice": {
        if (typeof result !== "object" || result === null || isProxy(result) || !isArray(result)) break;
        const start = startOf(first, before);
        const removed = lengthOf(result);
        const added = grown + removed;
        if (start === undefined || added < 0 || start + removed > before) break;
        if (removed === 0 && added === 0) return;
        return this.#splice(entry, elements, array, start, removed, added, site);
      }
    }
    this.#compare(entry, array, site);
  }

  #splice(
    entry: Followed,
    elements: unknown[],
    array: object,
    start: number,
    deleteCount: number,
    added: number,
    site: number,
  ): void {
    this.#record(replaceElements(entry.id, elements, array, start, deleteCount, added, this.#log.encoder), site);
  }

  #mapKey(
    entry: Followed,
    pairs: OwnMap<unknown, unknown>,
    map: Map<unknown, unknown>,
    key: unknown,
    site: number,
  ): void {
    if (hasKey(map, key)) {
      const value = valueAt(map, key);
      if (!pairs.has(key) || !isSame(pairs.get(key), value)) {
        if (!pairs.has(key) && pairs.size >= this.#log.limits.slots) return this.#compare(entry, map, site);
        pairs.set(key, value);
        const encode = this.#log.encoder;
        const target = entry.id;
        const encoded = { key: encode.member(key), value: encode.slot(value, nameFrom(key)) };
        this.#record({ kind: "map-set", target, ...encoded }, site);
      }
    } else if (pairs.has(key)) {
      pairs.delete(key);
      this.#record({ kind: "map-delete", target: entry.id, key: this.#log.encoder.member(key) }, site);
    }
    if (pairs.size !== pairCount(map)) this.#compare(entry, map, site);
  }

  #member(entry: Followed, members: Set<unknown>, set: Set<unknown>, member: unknown, site: number): void {
    const isIn = hasMember(set, member);
    if (isIn !== members.has(member)) {
      if (isIn && members.size >= this.#log.limits.slots) return this.#compare(entry, set, site);
      if (isIn) members.add(member);
      else members.delete(member);
      const kind = isIn ? "set-add" : "set-delete";
      this.#record({ kind, target: entry.id, member: this.#log.encoder.member(member) }, site);
    }
    if (members.size !== memberCount(set)) this.#compare(entry, set, site);
  }

  #compare(entry: Followed, object: object, site: number): void {
    this.#log.compareAtWrite(entry, object, () => this.#locationOf(site));
  }

  #record(operation: WriteOperation, site: number): void {
    this.#log.recordExact(operation, this.#locationOf(site));
  }
}

/** The index `splice` began at, as the language computes it from its first argument; undefined when that needs coercion. */
function startOf(first: unknown, length: number): number | undefined {
  if (typeof first !== "number") return undefined;
  const start = Math.trunc(first) || 0;
  return start < 0 ? Math.max(length + start, 0) : Math.min(start, length);
}
