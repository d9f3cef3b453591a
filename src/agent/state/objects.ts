// Every object that is followed, and the encoder, which names objects by id and takes in those it meets for the first time.
// What no round of looks reached is forgotten: it loses its shadow, and is taken in anew should it come back. It keeps its id for as long
// as it is found by it, which is for the next hundred thousand objects at least.
import { type CapturedValue, objectId } from "../../shared/trace/value.js";
import type { Encoder } from "./contents.js";
import type { Followed, StateLimits } from "./followed.js";
import { LongQueue } from "./long-queue.js";
import { OwnWeakMap } from "./intrinsics.js";
import { LongWeakMap, type WeakPart } from "./long-map.js";
import { describe, familyOf, isProxy, kindOf } from "./nature.js";
import { type Slot, accessor, countOf, hole, unread } from "./shadow.js";

export interface Objects {
  readonly clockMs: () => number;
  readonly limits: StateLimits;
  readonly placeholderFor: (name: string) => string | undefined;
  /** To be read. */
  onAdopted(object: object, entry: Followed): void;
  /** To be looked at in the round that is under way. */
  onReached(object: object, entry: Followed): void;
}

const nowhere: WeakPart<object, Followed> = { entries: new OwnWeakMap(), kept: 0, isLeft: false };

export class FollowedObjectSet {
  /** Of looks. What a round reached has its number. */
  round = 0;
  readonly #for: Objects;
  readonly #entries = new LongWeakMap<object, Followed>();
  readonly #all = new LongQueue<Followed>();
  /** How many of all are not yet known to be kept or forgotten. */
  #unswept = 0;
  #nextId = 1;
  #refused = 0;
  readonly encoder: Encoder = {
    slot: (slot, key) => this.#encoded(slot, key),
    member: (member) => this.#encodedMember(member),
  };

  constructor(what: Objects) {
    this.#for = what;
  }

  get count(): number {
    return this.#all.size;
  }

  /** In how many parts an object is looked for. */
  get parts(): number {
    return this.#entries.parts;
  }

  /** References to objects beyond as many as are followed. */
  get refused(): number {
    return this.#refused;
  }

  /** The object's entry when it is part of tracked state now. */
  of(object: object): Followed | undefined {
    const entry = this.#entries.get(object);
    return entry !== undefined && this.isThere(entry) ? entry : undefined;
  }

  isThere(entry: Followed): boolean {
    return entry.shadow !== undefined && (this.#unswept === 0 || entry.round === this.round);
  }

  /** The round has reached what there is in the slot. */
  reach(slot: Slot): void {
    if (slot === null || (typeof slot !== "object" && typeof slot !== "function")) return;
    const object: object = slot;
    const entry = this.of(object);
    if (entry !== undefined) this.#reached(entry, object);
  }

  /** What the round has not reached by now is forgotten, `sweep` after `sweep`. */
  beginSweep(): void {
    this.#unswept = this.#all.size;
  }

  /** Whether there is more. */
  sweep(most: number): boolean {
    for (let n = 0; n < most && this.#unswept > 0; n++) {
      const entry = this.#all.take();
      this.#unswept--;
      if (entry === undefined) continue;
      if (entry.round === this.round) this.#all.push(entry);
      else {
        entry.shadow = undefined;
        entry.walk = undefined;
        entry.isListed = false;
        this.#entries.release(entry.part);
      }
    }
    if (this.#unswept === 0) this.#entries.leaveSparse();
    return this.#unswept > 0;
  }

  #reached(entry: Followed, object: object): void {
    if (entry.round === this.round) return;
    entry.round = this.round;
    if (entry.part.isLeft) this.#moveOn(entry, object);
    this.#for.onReached(object, entry);
  }

  /** Where it is found goes: little else is needed there. */
  #moveOn(entry: Followed, object: object): void {
    const before = entry.part;
    entry.part = this.#entries.add(object, entry);
    this.#entries.keep(entry.part);
    this.#entries.release(before);
  }

  #encoded(slot: Slot, key: string): CapturedValue {
    switch (typeof slot) {
      case "string": {
        const most = this.#for.limits.stringLength;
        return slot.length <= most
          ? { kind: "primitive", value: slot }
          : { kind: "cut", start: slot.slice(0, most), length: slot.length };
      }
      case "number":
      case "boolean":
      case "bigint":
      case "undefined":
        return { kind: "primitive", value: slot };
      case "symbol":
        if (slot === hole) return { kind: "hole" };
        if (slot === accessor) return { kind: "unavailable", because: "getter", what: `get ${key}()` };
        return { kind: "symbol", description: slot.description ?? "" };
      case "function":
        return { kind: "unavailable", because: isProxy(slot) ? "proxy" : "opaque", what: describe(slot) };
      default: {
        if (typeof slot !== "object" || slot === null) return { kind: "primitive", value: null };
        const placeholder = key === "" ? undefined : this.#for.placeholderFor(key);
        return placeholder === undefined ? this.#encodedObject(slot) : { kind: "primitive", value: placeholder };
      }
    }
  }

  #encodedObject(object: object): CapturedValue {
    const entry = this.#entries.get(object);
    if (entry !== undefined && this.isThere(entry)) return this.#named(entry, object);
    if (isProxy(object)) return { kind: "unavailable", because: "proxy", what: "Proxy" };
    if (kindOf(object) === "opaque") return { kind: "unavailable", because: "opaque", what: describe(object) };
    return this.#adopt(object, entry);
  }

  #encodedMember(member: unknown): CapturedValue {
    const isObject = typeof member === "function" || (typeof member === "object" && member !== null);
    if (!isObject || isProxy(member)) return this.#encoded(member, "");
    const entry = this.#entries.get(member);
    return entry !== undefined && this.isThere(entry) ? this.#named(entry, member) : this.#adopt(member, entry);
  }

  #named(entry: Followed, object: object): CapturedValue {
    this.#reached(entry, object);
    return { kind: "object", id: entry.id };
  }

  #adopt(object: object, before: Followed | undefined): CapturedValue {
    const { limits } = this.#for;
    const isRefused = this.#all.size >= limits.objects;
    if (isRefused) this.#refused++;
    if (isRefused || (countOf(object) ?? 0) > limits.slots)
      return { kind: "unavailable", because: "too-large", what: describe(object) };
    const entry = before ?? this.#newEntry(object);
    entry.shadow = unread;
    entry.walk = undefined;
    entry.lookedMs = this.#for.clockMs();
    entry.round = this.round;
    if (!entry.isListed) {
      this.#all.push(entry);
      this.#entries.keep(entry.part);
    }
    entry.isListed = true;
    this.#for.onAdopted(object, entry);
    return { kind: "object", id: entry.id };
  }

  #newEntry(object: object): Followed {
    const entry: Followed = {
      id: objectId(this.#nextId++),
      className: typeof object === "function" ? describe(object) : familyOf(object).className,
      shadow: undefined,
      privates: undefined,
      lookedMs: 0,
      isKnown: false,
      round: this.round,
      walk: undefined,
      walkRound: 0,
      isListed: false,
      part: nowhere,
    };
    entry.part = this.#entries.add(object, entry);
    return entry;
  }
}
