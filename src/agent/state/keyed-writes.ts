// Writes to Maps and Sets, told by write sites. What a method with a key does is known from the key before and after it, and
// from how many there are; all of the Map or Set is looked at when something else has come or gone.
import type { WriteOperation } from "../../shared/trace/write.js";
import { nameFrom } from "./contents.js";
import type { Followed, FollowedObjects, LocationOf } from "./followed.js";
import { hasKey, hasMember, isSame, memberCount, pairCount, valueAt } from "./intrinsics.js";
import { isMap, isSet } from "./nature.js";
import { type Members, type Pairs, type Shadow, countOf, isLong } from "./shadow.js";

export class KeyedWrites {
  readonly #log: FollowedObjects;
  readonly #locationOf: LocationOf;
  /** Looks at the object for what nobody tells about, now or later. */
  readonly #find: (entry: Followed, object: object) => void;

  constructor(log: FollowedObjects, locationOf: LocationOf, find: (entry: Followed, object: object) => void) {
    this.#log = log;
    this.#locationOf = locationOf;
    this.#find = find;
  }

  /** The method `name` with this first argument is about to run. Undefined when all is to be compared before it. */
  before(entry: Followed, shadow: Shadow, object: object, name: string, first: unknown): true | undefined {
    const isKeyed = name === "set" || name === "add" || name === "delete";
    if (shadow.kind === "map" && isMap(object)) {
      if (isKeyed) this.#findKey(entry, shadow.pairs, object, first);
      else if (name === "clear" && pairCount(object) === shadow.pairs.size) entry.isKnown = true;
      else return undefined;
    } else if (shadow.kind === "set" && isSet(object)) {
      if (isKeyed) this.#findMember(entry, shadow.members, object, first);
      else if (name === "clear" && memberCount(object) === shadow.members.size) entry.isKnown = true;
      else return undefined;
    } else return undefined;
    return true;
  }

  /** Undefined when the method is none of those whose effect is known from what it left: all is to be compared. */
  method(
    entry: Followed,
    shadow: Shadow,
    object: object,
    name: string,
    first: unknown,
    site: number,
  ): true | undefined {
    if (shadow.kind === "map" && isMap(object) && (name === "set" || name === "delete"))
      this.#key(entry, shadow.pairs, object, first, site);
    else if (shadow.kind === "set" && isSet(object) && (name === "add" || name === "delete"))
      this.#member(entry, shadow.members, object, first, site);
    else if (name === "clear" && (entry.walk !== undefined || isLong(shadow, object)) && countOf(object) === 0)
      this.#cleared(entry, shadow, site);
    else return undefined;
    return true;
  }

  /** The key as it is before the operation. */
  #findKey(entry: Followed, pairs: Pairs, map: Map<unknown, unknown>, key: unknown): void {
    entry.isKnown = false;
    const value = valueAt(map, key);
    const isValueKnown = isSame(pairs.get(key), value);
    const mayBeAbsent = value === undefined || !isValueKnown;
    if (pairs.size !== pairCount(map) || (mayBeAbsent && hasKey(map, key) !== pairs.has(key)))
      return this.#find(entry, map);
    if (isValueKnown) return;
    pairs.set(key, value);
    this.#log.recordFound(entry, this.#mapSet(entry, key, value));
  }

  #key(entry: Followed, pairs: Pairs, map: Map<unknown, unknown>, key: unknown, site: number): void {
    if (hasKey(map, key)) {
      const value = valueAt(map, key);
      if (!pairs.has(key) || !isSame(pairs.get(key), value)) {
        if (!pairs.has(key) && pairs.size >= this.#log.limits.slots) return this.#compare(entry, map, site);
        pairs.set(key, value);
        this.#record(this.#mapSet(entry, key, value), site);
      }
    } else if (pairs.has(key)) {
      pairs.delete(key);
      this.#record({ kind: "map-delete", target: entry.id, key: this.#log.encoder.member(key) }, site);
    }
    if (pairs.size !== pairCount(map)) this.#find(entry, map);
  }

  #mapSet({ id }: Followed, key: unknown, value: unknown): WriteOperation {
    const { encoder } = this.#log;
    return { kind: "map-set", target: id, key: encoder.member(key), value: encoder.slot(value, nameFrom(key)) };
  }

  #findMember(entry: Followed, members: Members, set: Set<unknown>, member: unknown): void {
    entry.isKnown = false;
    if (members.size !== memberCount(set) || members.has(member) !== hasMember(set, member)) this.#find(entry, set);
  }

  #member(entry: Followed, members: Members, set: Set<unknown>, member: unknown, site: number): void {
    const isIn = hasMember(set, member);
    if (isIn !== members.has(member)) {
      if (isIn && members.size >= this.#log.limits.slots) return this.#compare(entry, set, site);
      if (isIn) members.add(member);
      else members.delete(member);
      const kind = isIn ? "set-add" : "set-delete";
      this.#record({ kind, target: entry.id, member: this.#log.encoder.member(member) }, site);
    }
    if (members.size !== memberCount(set)) this.#find(entry, set);
  }

  /** What it was that is no more would take long to compare, and does not matter. */
  #cleared(entry: Followed, shadow: Shadow, site: number): void {
    entry.isKnown = false;
    if (shadow.kind === "map") shadow.pairs.clear();
    else if (shadow.kind === "set") shadow.members.clear();
    this.#record({ kind: "clear", target: entry.id }, site);
  }

  #compare(entry: Followed, object: object, site: number): void {
    this.#log.compareAtWrite(entry, object, () => this.#locationOf(site));
  }

  #record(operation: WriteOperation, site: number): void {
    this.#log.recordExact(operation, this.#locationOf(site));
  }
}
