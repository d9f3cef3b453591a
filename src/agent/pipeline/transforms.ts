// Stages that change what is recorded: hidden attributes and shorter texts. What they change is ours, never the program's.
import type { AttributeValue, Attributes } from "../../shared/trace/attributes.js";
import { types } from "node:util";
import { emptyAttributes } from "../attributes.js";
import { isObject } from "../own-data.js";
import { matcherOf } from "./text-pattern.js";

const { getOwnPropertyDescriptor, keys: ownKeys } = Object;
const { isProxy } = types;

/** What is done to a record that stays; the same text or object where nothing has to be changed. */
export interface Transform {
  body(text: string): string;
  attributes(own: Attributes): Attributes;
  /** Whether attributes that are still the program's can stay as they are: most do, and need no copy of ours then. */
  spares?(programs: object): boolean;
}

/** Value by value, however deep. */
interface ValueChange {
  value(key: string, value: string | number | boolean | null): string | number | boolean | null;
  /** Whether the attribute is hidden whatever it holds. */
  hides(key: string): boolean;
  /** Whether it has nothing to do with this one, as one look tells; with objects it may have. */
  spares(key: string, value: unknown): boolean;
}

export const hidden = "[redacted]";
/** Of names of attributes: a program that makes them up must not fill our memory. */
const mostDecided = 1024;

/** `redacted` takes secrets out of a text first: of one that was cut through nothing would recognise the beginning. */
export function truncateTo(characters: number, redacted: (text: string) => string): Transform {
  const cut = (text: string): string => {
    if (text.length <= characters) return text;
    const safe = redacted(text);
    return safe.length <= characters ? safe : `${wholeCharacters(safe, characters)}…`;
  };
  const change: ValueChange = {
    value: (_key, value) => (typeof value === "string" ? cut(value) : value),
    hides: () => false,
    spares: (_key, value) => (typeof value === "string" ? value.length <= characters : !isObject(value)),
  };
  return { body: cut, ...ofAttributes(change) };
}

/** No half of a surrogate pair is left. */
function wholeCharacters(text: string, units: number): string {
  const last = text.charCodeAt(units - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? units - 1 : units);
}

/** Names in any case. */
export function hide(keys: readonly string[]): Transform {
  const matchers = keys.map((pattern) => matcherOf(pattern.toLowerCase()));
  // A program has some dozens of names for attributes, and uses them over and over.
  const decided = new Map<string, boolean>();
  const isHidden = (key: string): boolean => {
    const known = decided.get(key);
    if (known !== undefined) return known;
    const lower = key.toLowerCase();
    const matches = matchers.some((matcher) => matcher(lower));
    if (decided.size >= mostDecided) decided.clear();
    decided.set(key, matches);
    return matches;
  };
  const change: ValueChange = {
    value: (_key, value) => value,
    hides: isHidden,
    spares: (key, value) => !isObject(value) && !isHidden(key),
  };
  return { body: (text) => text, ...ofAttributes(change) };
}

const ofAttributes = (change: ValueChange): Pick<Transform, "attributes" | "spares"> => ({
  attributes: (own) => {
    for (const key in own) if (!change.spares(key, own[key])) return transformed(change, own);
    return own;
  },
  // Nothing of the program's is run: no accessors, no traps.
  spares: (programs) => {
    if (isProxy(programs)) return false;
    const keys = ownKeys(programs);
    for (let at = 0; at < keys.length; at++) {
      const key = keys[at] ?? "";
      const found = getOwnPropertyDescriptor(programs, key);
      if (found?.get !== undefined || !change.spares(key, found?.value)) return false;
    }
    return true;
  },
});

/** A copy from the first that is changed on. */
function transformed(transform: ValueChange, attributes: Attributes): Attributes {
  let copy: Record<string, AttributeValue> | undefined;
  const keys = Object.keys(attributes);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] ?? "";
    const value = attributes[key] ?? null;
    const result = transform.hides(key) ? hidden : transformedValue(transform, key, value);
    if (result === value) continue;
    copy ??= Object.assign(emptyAttributes(), attributes);
    copy[key] = result;
  }
  return copy ?? attributes;
}

function transformedValue(transform: ValueChange, key: string, value: AttributeValue): AttributeValue {
  if (typeof value !== "object" || value === null) return transform.value(key, value);
  if (!isList(value)) return transformed(transform, value);
  const items = value.map((item) => transformedValue(transform, key, item));
  return items.every((item, at) => item === value[at]) ? value : items;
}

const isList = (value: AttributeValue): value is readonly AttributeValue[] => Array.isArray(value);
