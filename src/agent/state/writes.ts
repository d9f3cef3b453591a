// What instrumented code tells as it writes. Nothing it says is believed beyond "look here": the object is read again after
// the write, so setters, frozen targets and coercion come out as they were. Others may have written to the same object
// unseen. So it tells before its operations, too: what differs by then is recorded as found, and only what the operation
// itself did as seen at its place. Whatever cannot be told apart is found.
import type { WriteOperation } from "../../shared/trace/write.js";
import { ArrayWrites } from "./array-writes.js";
import { ByteWrites } from "./byte-writes.js";
import { contentsOf } from "./contents.js";
import type { Followed, FollowedObjects, LocationOf } from "./followed.js";
import { OwnMap, isIndexKey, isSame, ownDescriptor } from "./intrinsics.js";
import { KeyedWrites } from "./keyed-writes.js";
import { isProxy } from "./nature.js";
import { type Entries, type Shadow, readSlot, sizeOf } from "./shadow.js";

/** What looking at an object that is too large to follow is taken to cost. */
const slotsOfTooLarge = 10_000;

export class WriteNotes {
  readonly #log: FollowedObjects;
  readonly #locationOf: LocationOf;
  readonly #arrays: ArrayWrites;
  readonly #keyed: KeyedWrites;
  readonly #bytes: ByteWrites;

  constructor(log: FollowedObjects, locationOf: LocationOf) {
    this.#log = log;
    this.#locationOf = locationOf;
    this.#arrays = new ArrayWrites(log, locationOf);
    this.#keyed = new KeyedWrites(log, locationOf, (entry, object) => this.#find(entry, object));
    this.#bytes = new ByteWrites(log, locationOf);
  }

  /**
   * The method `name` of the object is about to run, or a write that may be to an element ("="), or one to the property
   * `first` that may not be made ("-"), or anything ("").
   */
  before(object: unknown, name: string, first: unknown): void {
    const entry = this.#log.followed(object);
    if (entry?.shadow === undefined || typeof object !== "object" || object === null) return;
    const { shadow } = entry;
    if (name === "-") return this.#findProperty(entry, shadow, object, first);
    if (shadow.kind === "array") return this.#arrays.before(entry, shadow, object, name, first);
    if (name === "=") return;
    if (shadow.kind === "bytes") return this.#bytes.before(entry, shadow, object);
    if (this.#keyed.before(entry, shadow, object, name, first) !== true) entry.isKnown = this.#find(entry, object);
  }

  /** Something may be about to happen to what is found from `object` by the names of `path`. */
  beforeBehind(object: unknown, path: string): void {
    this.before(behind(object, path), "", undefined);
  }

  /** Own property `key` of the object was assigned, updated or deleted. */
  property(object: unknown, key: unknown, site: number): void {
    const entry = this.#log.followed(object);
    if (entry?.shadow === undefined || typeof object !== "object" || object === null) return;
    if (typeof key === "symbol") return;
    const { shadow } = entry;
    const name = keyFrom(key);
    if (name === undefined) return void this.#find(entry, object);
    switch (shadow.kind) {
      case "object":
      case "error":
        return this.#namedProperty(entry, shadow.entries, object, name, site);
      case "array":
        if (isIndexKey(name)) {
          if (this.#arrays.element(entry, shadow, object, Number(name), site) !== true) this.#find(entry, object);
        } else if (name === "length") {
          if (this.#arrays.length(entry, shadow, object, site) !== true) this.#compare(entry, object, site);
        } else {
          this.#namedProperty(entry, shadow.entries, object, name, site);
        }
        return;
      case "bytes":
        if (isIndexKey(name)) this.#bytes.element(entry, shadow, object, Number(name), site);
        return;
      case "opaque":
        return void this.#find(entry, object);
      default:
        return; // properties of Maps, Sets and Dates are not captured
    }
  }

  /** Something else may have changed the object: compare it as a whole. */
  object(object: unknown, site: number): void {
    const entry = this.#log.followed(object);
    if (entry !== undefined && typeof object === "object" && object !== null) this.#whole(entry, object, site);
  }

  /** Like `object`, for what is found from `object` by the names of `path`, as far as they are plain data. */
  objectBehind(object: unknown, path: string, site: number): void {
    this.object(behind(object, path), site);
  }

  /** A method that changes its receiver returned `result`. `first` is the first argument of those that take a key. */
  method(object: unknown, name: string, first: unknown, result: unknown, site: number): void {
    const entry = this.#log.followed(object);
    if (entry?.shadow === undefined || typeof object !== "object" || object === null) return;
    const { shadow } = entry;
    if (shadow.kind === "array") {
      if (this.#arrays.method(entry, shadow, object, name, first, result, site) !== true)
        this.#whole(entry, object, site);
    } else if (this.#keyed.method(entry, shadow, object, name, first, site) !== true) this.#whole(entry, object, site);
  }

  /** Private field `name`, with its "#", holds `value` now. */
  privateField(object: unknown, name: string, value: unknown, site: number): void {
    const waiting = this.#log.waiting(object);
    if (waiting !== undefined) (waiting.privates ??= new OwnMap()).set(name, value);
    const entry = this.#log.followed(object);
    if (entry?.shadow === undefined || entry.shadow.kind === "opaque") return;
    const isFirst = entry.privates === undefined;
    entry.privates ??= new OwnMap();
    if ("hasMore" in entry.shadow) {
      // What it is for is captured, and from now on it says that there is more.
      entry.privates.set(name, undefined);
      if (!isFirst) return;
      const { id, className, privates, shadow } = entry;
      const contents = contentsOf({ id, className, privates, shadow }, this.#log.encoder);
      return this.#record({ kind: "contents", target: id, contents }, site);
    }
    if (entry.privates.has(name) && isSame(entry.privates.get(name), value)) return;
    entry.privates.set(name, value);
    this.#record({ kind: "set", target: entry.id, key: name, value: this.#log.encoder.slot(value, name) }, site);
  }

  /** The property as it is before a write to it that may not be made: what is there by then is not this write's. */
  #findProperty(entry: Followed, shadow: Shadow, object: object, key: unknown): void {
    const name = keyFrom(key);
    if (name === undefined) return;
    if (shadow.kind === "array" && (isIndexKey(name) || name === "length"))
      return this.#arrays.beforeElement(entry, shadow, object, Number(name));
    if (shadow.kind !== "object" && shadow.kind !== "error" && shadow.kind !== "array") return;
    const { entries } = shadow;
    const isThere = isCaptured(shadow, name, ownDescriptor(object, name));
    const slot = isThere ? readSlot(object, name) : undefined;
    if (isThere === entries.has(name) && isSame(entries.get(name), slot)) return;
    if (isThere !== entries.has(name)) entry.walk?.noteKey?.(name, isThere);
    if (isThere) entries.set(name, slot);
    else entries.delete(name);
    const target = entry.id;
    const operation: WriteOperation = isThere
      ? { kind: "set", target, key: name, value: this.#log.encoder.slot(slot, name) }
      : { kind: "delete", target, key: name };
    this.#log.recordFound(entry, operation);
  }

  #namedProperty(entry: Followed, entries: Entries, object: object, key: string, site: number): void {
    const descriptor = ownDescriptor(object, key);
    const isData = descriptor !== undefined && descriptor.get === undefined && descriptor.set === undefined;
    if (descriptor === undefined) entry.walk?.noteKey?.(key, false);
    if (isData && isCaptured(entry.shadow, key, descriptor)) {
      const value: unknown = descriptor.value;
      if (isSame(entries.get(key), value) && (value !== undefined || entries.has(key))) return;
      if (!entries.has(key) && entries.size >= this.#log.limits.slots) return this.#compare(entry, object, site);
      if (!entries.has(key)) entry.walk?.noteKey?.(key, true);
      entries.set(key, value);
      this.#record({ kind: "set", target: entry.id, key, value: this.#log.encoder.slot(value, key) }, site);
    } else if (descriptor === undefined && entries.has(key)) {
      entries.delete(key);
      this.#record({ kind: "delete", target: entry.id, key }, site);
    } else {
      // A setter ran, or nothing happened: whatever changed is somewhere else, and its own code tells about it or does not.
      this.#find(entry, object);
    }
  }

  /** Compares all of an object that was all compared right before the write, too: what differs is the write's. */
  #whole(entry: Followed, object: object, site: number): void {
    const { isKnown } = entry;
    entry.isKnown = false;
    if (isKnown) this.#compare(entry, object, site);
    else this.#find(entry, object);
  }

  /** Looks at the object for what nobody tells about. False when that has to wait for a later look. */
  #find(entry: Followed, object: object): boolean {
    return this.#log.affords(slotsToCompare(entry.shadow)) && this.#log.lookNow(entry, object);
  }

  #compare(entry: Followed, object: object, site: number): void {
    this.#log.compareAtWrite(entry, object, () => this.#locationOf(site));
  }

  #record(operation: WriteOperation, site: number): void {
    this.#log.recordExact(operation, this.#locationOf(site));
  }
}

/** Whether the property is part of what is captured of the object. */
const isCaptured = (shadow: Shadow | undefined, key: string, descriptor: PropertyDescriptor | undefined): boolean =>
  descriptor?.enumerable === true || (descriptor !== undefined && shadow?.kind === "error" && key !== "stack");

/** Roughly how many slots looking at the object compares. */
const slotsToCompare = (shadow: Shadow | undefined): number =>
  shadow?.kind === "opaque" ? (shadow.tooLarge ? slotsOfTooLarge : 0) : sizeOf(shadow);

/** The property a primitive names; undefined where naming it would run the program's code. */
function keyFrom(key: unknown): string | undefined {
  switch (typeof key) {
    case "string":
      return key;
    case "number":
    case "bigint":
    case "boolean":
    case "undefined":
      return String(key);
    default:
      return key === null ? "null" : undefined;
  }
}

/** What is at the end of `path`, names of own data properties joined by dots. */
function behind(object: unknown, path: string): unknown {
  const names = path.split(".");
  let at = object;
  for (let n = 0; n < names.length; n++) {
    if (typeof at !== "object" || at === null || isProxy(at)) return undefined;
    at = ownDescriptor(at, names[n] ?? "")?.value;
  }
  return at;
}
