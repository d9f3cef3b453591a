// Stages that change what is recorded: hidden attributes and shorter texts. What they change is ours, never the program's.
import type { AttributeValue, Attributes } from "../../shared/trace/attributes.js";
import { emptyAttributes, emptyFields } from "../attributes.js";
import type { Look } from "./look.js";
import { matcherOf } from "./text-pattern.js";

/** What is done to a record that stays; the same text or object where nothing has to be changed. */
export interface Transform {
  body(text: string): string;
  /** `mayChange`: nobody else has them; else they are copied before anything in them is changed. */
  attributes(own: Attributes, mayChange: boolean): Attributes;
}

/** What a stage of the pipeline does. */
export interface StageTransform extends Transform {
  /** Whether attributes can stay as they are, as far as a look at them tells: most do, and need no copy of ours then. */
  spares(look: Look, place: number): boolean;
  /** What `attributes` does, in place: of flat ones, which were looked at. */
  changeFlat(own: Record<string, AttributeValue>, look: Look, place: number): void;
}

/** Value by value, however deep. */
interface ValueChange {
  value(key: string, value: string | number | boolean | null): string | number | boolean | null;
  /** Whether the attribute is hidden whatever it holds. */
  hides(key: string): boolean;
}

export const hidden = "[redacted]";
const mostFields = 16;
/** Of names of attributes: a program that makes them up must not fill our memory. */
const mostDecided = 1024;

/** `redacted` takes secrets out of a text first: of one that was cut through nothing would recognise the beginning. */
export function truncateTo(characters: number, redacted: (text: string) => string): StageTransform {
  const cut = (text: string): string => {
    if (text.length <= characters) return text;
    const safe = redacted(text);
    return safe.length <= characters ? safe : `${wholeCharacters(safe, characters)}…`;
  };
  const change: ValueChange = {
    value: (_key, value) => (typeof value === "string" ? cut(value) : value),
    hides: () => false,
  };
  return {
    body: cut,
    attributes: (own, mayChange) => transformed(change, own, mayChange),
    spares: (look) => look.isFlat && look.longest <= characters,
    changeFlat: (own, look) => {
      transformed(change, own, true);
      look.noteChange(0);
    },
  };
}

/** No half of a surrogate pair is left. */
function wholeCharacters(text: string, units: number): string {
  const last = text.charCodeAt(units - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? units - 1 : units);
}

/** Names in any case. */
export function hide(keys: readonly string[]): StageTransform {
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
  const change: ValueChange = { value: (_key, value) => value, hides: isHidden };
  return {
    body: (text) => text,
    attributes: (own, mayChange) => transformed(change, own, mayChange),
    spares: (look, place) => {
      if (!look.isFlat) return false;
      const { shape } = look;
      const known = shape.hidden[place] ?? (shape.hidden[place] = shape.keys.filter(isHidden));
      return known.length === 0;
    },
    changeFlat: (own, look, place) => {
      const names = look.shape.hidden[place] ?? [];
      // What is undefined was not copied.
      for (let at = 0; at < names.length; at++) if (own[names[at] ?? ""] !== undefined) own[names[at] ?? ""] = hidden;
      look.noteChange(hidden.length);
    },
  };
}

/** A copy from the first that is changed on, where it must not be changed itself. */
function transformed(transform: ValueChange, attributes: Attributes, mayChange: boolean): Attributes {
  let copy: Record<string, AttributeValue> | undefined = mayChange ? attributes : undefined;
  const keys = Object.keys(attributes);
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] ?? "";
    const value = attributes[key] ?? null;
    const result = transform.hides(key) ? hidden : transformedValue(transform, key, value);
    if (result === value) continue;
    copy ??= Object.assign(keys.length > mostFields ? emptyAttributes() : emptyFields(), attributes);
    copy[key] = result;
  }
  return copy ?? attributes;
}

function transformedValue(transform: ValueChange, key: string, value: AttributeValue): AttributeValue {
  if (typeof value !== "object" || value === null) return transform.value(key, value);
  if (!isList(value)) return transformed(transform, value, false);
  const items = value.map((item) => transformedValue(transform, key, item));
  return items.every((item, at) => item === value[at]) ? value : items;
}

const isList = (value: AttributeValue): value is readonly AttributeValue[] => Array.isArray(value);
