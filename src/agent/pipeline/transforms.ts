// Stages that change what is recorded: hidden attributes and shorter texts. What they change is ours, never the program's.
import type { AttributeValue, Attributes } from "../../shared/trace/attributes.js";
import { matcherOf } from "./text-pattern.js";

/** What is done to a record that stays; the same text or object where nothing has to be changed. */
export interface Transform {
  body(text: string): string;
  attributes(own: Attributes): Attributes;
}

/** Value by value, however deep. */
interface ValueChange {
  value(key: string, value: string | number | boolean | null): string | number | boolean | null;
  /** Whether the attribute is hidden whatever it holds. */
  hides(key: string): boolean;
  /** Whether it has nothing to do with these, as one look at them tells. */
  spares(attributes: Attributes): boolean;
}

export const hidden = "[redacted]";

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
    spares: (attributes) => {
      for (const key in attributes) {
        const value = attributes[key];
        if (typeof value === "string" ? value.length > characters : typeof value === "object") return false;
      }
      return true;
    },
  };
  return { body: cut, attributes: (own) => changedBy(change, own) };
}

/** No half of a surrogate pair is left. */
function wholeCharacters(text: string, units: number): string {
  const last = text.charCodeAt(units - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? units - 1 : units);
}

/** Names in any case. */
export function hide(keys: readonly string[]): Transform {
  const matchers = keys.map((pattern) => matcherOf(pattern.toLowerCase()));
  const isHidden = (key: string): boolean => matchers.some((matches) => matches(key.toLowerCase()));
  const change: ValueChange = {
    value: (_key, value) => value,
    hides: isHidden,
    spares: (attributes) => {
      for (const key in attributes) if (typeof attributes[key] === "object" || isHidden(key)) return false;
      return true;
    },
  };
  return { body: (text) => text, attributes: (own) => changedBy(change, own) };
}

const changedBy = (change: ValueChange, own: Attributes): Attributes =>
  change.spares(own) ? own : transformed(change, own);

function transformed(transform: ValueChange, attributes: Attributes): Attributes {
  let isChanged = false;
  const entries = Object.entries(attributes).map(([key, value]): [string, AttributeValue] => {
    const result = transform.hides(key) ? hidden : transformedValue(transform, key, value);
    isChanged ||= result !== value;
    return [key, result];
  });
  return isChanged ? Object.fromEntries(entries) : attributes;
}

function transformedValue(transform: ValueChange, key: string, value: AttributeValue): AttributeValue {
  if (typeof value !== "object" || value === null) return transform.value(key, value);
  if (!isList(value)) return transformed(transform, value);
  const items = value.map((item) => transformedValue(transform, key, item));
  return items.every((item, at) => item === value[at]) ? value : items;
}

const isList = (value: AttributeValue): value is readonly AttributeValue[] => Array.isArray(value);
