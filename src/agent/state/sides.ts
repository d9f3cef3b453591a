// A Map, a Set or an object's properties beside what is known of them: what going through all of it asks of the two.
import {
  type CapturedValue,
  type ObjectContents,
  type ObjectId,
  type ObjectKind,
  propertiesNotCaptured,
} from "../../shared/trace/value.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import { type Encoder, nameFrom } from "./contents.js";
import type { Followed } from "./followed.js";
import {
  type Cursor,
  OwnMap,
  hasKey,
  hasMember,
  isIndexKey,
  memberCount,
  membersOf,
  ownDescriptor,
  pairCount,
  pairsOf,
} from "./intrinsics.js";
import { LongMap, LongSet, inOrder } from "./long-map.js";
import { isMap, isSet } from "./nature.js";
import {
  type Entries,
  type Members,
  type Pairs,
  type Shadow,
  type Slot,
  hasProperties,
  keysOf,
  readSlot,
} from "./shadow.js";

export interface Side {
  /** Through the container itself. */
  readonly live: Cursor;
  has(key: unknown): boolean;
  /** Undefined where only a list of all could tell. */
  count(): number | undefined;
  readonly known: {
    readonly size: number;
    has(key: unknown): boolean;
    get(key: unknown): Slot;
  };
  knownInOrder(): Cursor;
  /** Into what is known, too. */
  put(key: unknown, slot: Slot): WriteOperation;
  drop(key: unknown): WriteOperation;
  /** Whether its place among the others says when it came. */
  isOrdered(key: unknown): boolean;
  /** Takes away what says that there is more. */
  noRest(): WriteOperation | undefined;
  /** A write that was told added a key or took one away. */
  noteKey?(key: string, isThere: boolean): void;
}

/** What stands for that which is not captured yet, as the last element, member or entry. */
const rest: CapturedValue = { kind: "unavailable", because: "not-recorded", what: "more, not captured yet" };
/** The name of the property that says so. */
const restKey = "[not captured yet]";

/** What is recorded first of a container that is read a piece at a time, and what is known then. Undefined: never so. */
export function beginningOf(
  kind: ObjectKind,
  object: object,
  { className: ownName, privates }: Pick<Followed, "className" | "privates">,
): { readonly shadow: Shadow; readonly contents: ObjectContents } | undefined {
  const className = (hasMore: boolean): string =>
    hasMore || (privates?.size ?? 0) > 0 ? `${ownName}${propertiesNotCaptured}` : ownName;
  switch (kind) {
    case "array": {
      const known: Shadow = { kind: "array", elements: [], entries: new OwnMap() };
      return { shadow: known, contents: { kind: "array", className: ownName, elements: [rest], entries: [] } };
    }
    case "map": {
      const known = { kind: "map", pairs: new LongMap<unknown, Slot>(), hasMore: hasProperties(object) } as const;
      return { shadow: known, contents: { kind: "map", className: className(known.hasMore), pairs: [[rest, rest]] } };
    }
    case "set": {
      const known = { kind: "set", members: new LongSet<unknown>(), hasMore: hasProperties(object) } as const;
      return { shadow: known, contents: { kind: "set", className: className(known.hasMore), members: [rest] } };
    }
    case "object":
    case "error": {
      const known: Shadow = { kind, entries: new LongMap() };
      return { shadow: known, contents: { kind, className: ownName, entries: [[restKey, rest]] } };
    }
    default:
      return undefined;
  }
}

export function sideOf(shadow: Shadow, object: object, target: ObjectId, encode: Encoder): Side | undefined {
  switch (shadow.kind) {
    case "map":
      return isMap(object) ? mapSide(shadow.pairs, object, target, encode) : undefined;
    case "set":
      return isSet(object) ? setSide(shadow.members, object, target, encode) : undefined;
    case "object":
    case "error":
      return new EntriesSide(shadow.kind, shadow.entries, object, target, encode);
    default:
      return undefined;
  }
}

const always = (): boolean => true;

const mapSide = (pairs: Pairs, map: Map<unknown, unknown>, target: ObjectId, encode: Encoder): Side => ({
  live: pairsOf(map),
  has: (key) => hasKey(map, key),
  count: () => pairCount(map),
  known: pairs,
  knownInOrder: () => inOrder(pairs),
  put(key, slot) {
    pairs.set(key, slot);
    return { kind: "map-set", target, key: encode.member(key), value: encode.slot(slot, nameFrom(key)) };
  },
  drop(key) {
    pairs.delete(key);
    return { kind: "map-delete", target, key: encode.member(key) };
  },
  isOrdered: always,
  noRest: () => ({ kind: "map-delete", target, key: rest }),
});

const setSide = (members: Members, set: Set<unknown>, target: ObjectId, encode: Encoder): Side => ({
  live: membersOf(set),
  has: (member) => hasMember(set, member),
  count: () => memberCount(set),
  known: {
    get size() {
      return members.size;
    },
    has: (member) => members.has(member),
    get: (member) => member,
  },
  knownInOrder: () => (members instanceof LongSet ? members.cursor() : membersOf(members)),
  put(member) {
    members.add(member);
    return { kind: "set-add", target, member: encode.member(member) };
  },
  drop(member) {
    members.delete(member);
    return { kind: "set-delete", target, member: encode.member(member) };
  },
  isOrdered: always,
  noRest: () => ({ kind: "set-delete", target, member: rest }),
});

/**
 * The language has no iterator over an object's keys that goes on while they change: the keys are listed once, which is one
 * question to the runtime however many there are, and what was told of since is taken into account.
 */
class EntriesSide implements Side {
  readonly live: Cursor = { next: () => this.#next() };
  readonly known: Side["known"];
  readonly #names: readonly string[];
  #at = 0;
  /** Keys that came last, in this order, and those whose place in the list is theirs no more. */
  readonly #added = new OwnMap<string, true>();
  readonly #addedInOrder = pairsOf(this.#added);
  readonly #gone = new OwnMap<string, true>();

  constructor(
    readonly kind: "object" | "error",
    readonly entries: Entries,
    readonly object: object,
    readonly target: ObjectId,
    readonly encode: Encoder,
  ) {
    this.#names = keysOf(object, kind);
    this.known = {
      size: 0, // nobody asks: without a count there is nothing to compare it with
      has: (key) => entries.has(nameOf(key)),
      get: (key) => entries.get(nameOf(key)),
    };
  }

  has(key: unknown): boolean {
    const descriptor = ownDescriptor(this.object, nameOf(key));
    return descriptor !== undefined && (descriptor.enumerable === true || (this.kind === "error" && key !== "stack"));
  }

  count(): undefined {
    return undefined;
  }

  knownInOrder(): Cursor {
    return inOrder(this.entries);
  }

  put(key: unknown, slot: Slot): WriteOperation {
    const name = nameOf(key);
    this.entries.set(name, slot);
    return { kind: "set", target: this.target, key: name, value: this.encode.slot(slot, name) };
  }

  drop(key: unknown): WriteOperation {
    const name = nameOf(key);
    this.entries.delete(name);
    return { kind: "delete", target: this.target, key: name };
  }

  /** Others stand in ascending order whenever they came. */
  isOrdered(key: unknown): boolean {
    return !isIndexKey(nameOf(key));
  }

  noRest(): WriteOperation | undefined {
    return this.entries.has(restKey) ? undefined : { kind: "delete", target: this.target, key: restKey };
  }

  noteKey(key: string, isThere: boolean): void {
    this.#added.delete(key);
    if (isThere) this.#added.set(key, true);
    else this.#gone.set(key, true);
  }

  #next(): readonly [string, Slot] | undefined {
    while (this.#at < this.#names.length) {
      const name = this.#names[this.#at++] ?? "";
      if (this.#gone.has(name) || !this.has(name)) continue;
      this.#added.delete(name);
      return [name, readSlot(this.object, name)];
    }
    for (let pair = this.#addedInOrder.next(); pair !== undefined; pair = this.#addedInOrder.next()) {
      const name = nameOf(pair[0]);
      if (this.has(name)) return [name, readSlot(this.object, name)];
    }
    return undefined;
  }
}

/** Keys of entries are texts. */
const nameOf = (key: unknown): string => (typeof key === "string" ? key : "");
