// What a stage that changes records has to know of attributes before it can leave them alone: found in one look at them for all such
// stages, and without running any of the program's code. Of the program's nothing is kept but names.
import { types } from "node:util";
import type { AttributeValue, Attributes } from "../../shared/trace/attributes.js";
import { flatCopy } from "../attributes.js";
import { isListOfUnits, isObject } from "../own-data.js";

const { getOwnPropertyDescriptor, keys: ownKeys } = Object;
const { isProxy } = types;

/** Names of attributes as records of one name have them, over and over, and what stages decided of these. */
export class Shape {
  /** Those that a stage hides, by its place. */
  readonly hidden: (readonly string[] | undefined)[] = [];

  constructor(readonly keys: readonly string[]) {}
}

/** Of how many a name's records are remembered: one that has more has any number of them. */
const mostShapes = 4;
/** What has more is not looked at closer. */
const mostKeys = 32;
const mostKeyUnits = 256;

/** The shapes that records of one kind and name had. */
export class Shapes {
  readonly #known: Shape[] = [];
  #next = 0;

  of(keys: readonly string[]): Shape {
    const known = this.#known;
    for (let at = 0; at < known.length; at++) {
      const shape = known[at];
      if (shape !== undefined && areSame(shape.keys, keys)) return shape;
    }
    const shape = new Shape(keys);
    known[this.#next] = shape;
    this.#next = (this.#next + 1) % mostShapes;
    return shape;
  }
}

function areSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

const noKeys: readonly string[] = [];

export class Look {
  /** Their values are texts, numbers and the like, and none is an accessor. */
  isFlat = false;
  /** No text among them has more units. */
  longest = 0;
  #keys = noKeys;
  /** By the place of the key. */
  readonly #values: unknown[] = new Array<unknown>(mostKeys).fill(undefined);
  #hasValues = false;
  #shapes: Shapes | undefined;
  #shape: Shape | undefined;

  get shape(): Shape {
    return (this.#shape ??= this.#shapes?.of(this.#keys) ?? new Shape(this.#keys));
  }

  /** `own`: the same where they are ours; else they are the program's. */
  at(attributes: unknown, own: Attributes | undefined, shapes: Shapes): void {
    this.forget();
    this.isFlat = false;
    this.longest = 0;
    this.#shapes = shapes;
    this.#shape = undefined;
    if (own !== undefined) this.isFlat = this.#readOurs(own);
    else if (isObject(attributes) && !isProxy(attributes) && !isListOfUnits(attributes))
      this.isFlat = this.#readPrograms(attributes);
    this.#hasValues = this.isFlat;
  }

  /** A copy that nobody else has, of what it was a look at; undefined: it has to be made otherwise. */
  copyOf(attributes: object): Record<string, AttributeValue> | undefined {
    return this.isFlat ? flatCopy(attributes, this.#keys, this.#hasValues ? this.#values : undefined) : undefined;
  }

  /** Texts in them were replaced by others, none of them longer than so or than what was there. */
  noteChange(longest: number): void {
    this.#forgetValues();
    if (longest > this.longest) this.longest = longest;
  }

  /** The record has passed, or is not what it was any more. */
  forget(): void {
    this.#forgetValues();
    this.#keys = noKeys;
  }

  #forgetValues(): void {
    for (let at = 0; at < this.#keys.length && at < mostKeys; at++) this.#values[at] = undefined;
    this.#hasValues = false;
  }

  #readOurs(own: Attributes): boolean {
    const keys = (this.#keys = ownKeys(own));
    if (keys.length > mostKeys) return false;
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] ?? "";
      if (!this.#isFlatAt(at, key, own[key])) return false;
    }
    return true;
  }

  #readPrograms(programs: object): boolean {
    const keys = (this.#keys = ownKeys(programs));
    if (keys.length > mostKeys) return false;
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] ?? "";
      const found = getOwnPropertyDescriptor(programs, key);
      if (found === undefined || found.get !== undefined || !this.#isFlatAt(at, key, found.value)) return false;
    }
    return true;
  }

  #isFlatAt(at: number, key: string, value: unknown): boolean {
    if (key.length > mostKeyUnits) return false;
    this.#values[at] = value;
    if (typeof value === "string") {
      if (value.length > this.longest) this.longest = value.length;
      return true;
    }
    return typeof value === "number" || typeof value === "boolean" || value === null || value === undefined;
  }
}
