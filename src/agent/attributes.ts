// Turns what a program hands over into attributes: bounded in depth, breadth and bytes, and without running any of the
// program's code (getters, Proxy traps, toJSON, custom inspection). What is left out says so in its place.
import { types } from "node:util";
import type { AttributeValue, Attributes } from "../shared/trace/attributes.js";
import { cutBetweenWords } from "../redact/safe-cut.js";
import { classNameOf, isError, isListOfUnits, isObject, programsObject, stackOf, textProperty } from "./own-data.js";

export const budgets = {
  depth: 4,
  keys: 64,
  items: 64,
  textUnits: 4096,
  stackUnits: 16_384,
  totalUnits: 32_768,
} as const;

/** How much of a value is told of: levels, units of text altogether, properties or items of each. */
export interface PreviewBudget {
  readonly depth: number;
  readonly units: number;
  readonly breadth: number;
}

const whole: PreviewBudget = { depth: budgets.depth, units: budgets.totalUnits, breadth: budgets.keys };

const { getOwnPropertyDescriptor, getPrototypeOf, keys: ownKeys } = Object;
const { isBoxedPrimitive, isProxy } = types;
const ownObject = Object.prototype;
/** Nothing, and the program cannot change that: a key called "__proto__" is a key. */
const inheritedByFields: object = Object.freeze(Object.create(null) as object);
const dateToISOString = Date.prototype.toISOString;
const dateGetTime = Date.prototype.getTime;
const mapEntries = Map.prototype.entries;
const setValues = Set.prototype.values;
const mapSize = Object.getOwnPropertyDescriptor(Map.prototype, "size")?.get ?? (() => 0);
const setSize = Object.getOwnPropertyDescriptor(Set.prototype, "size")?.get ?? (() => 0);
const bigintToString = BigInt.prototype.toString;

/** What one conversion may still spend, in UTF-16 units and a constant for each value. */
interface Allowance {
  left: number;
  readonly breadth: number;
}

export function cutText(text: string, units: number): string {
  return text.length <= units ? text : `${cutBetweenWords(text, units)}…`;
}

export type ExceptionAttributes = Attributes & {
  readonly "exception.type": string;
  readonly "exception.message": string;
};

/** Attributes of an exception by OpenTelemetry's names; for anything thrown that is no Error, its text. */
export function exceptionAttributes(thrown: unknown): ExceptionAttributes {
  if (!isError(thrown)) {
    const value = attributeFrom(thrown);
    const message = typeof value === "string" ? value : cutText(JSON.stringify(value ?? null), budgets.textUnits);
    return { "exception.type": typeof thrown, "exception.message": message };
  }
  const stacktrace = stackOf(thrown);
  const name = textProperty(thrown, "name") ?? "Error";
  return {
    "exception.type": name === "Error" ? classNameOf(thrown) || name : name,
    "exception.message": cutText(textProperty(thrown, "message") ?? "", budgets.textUnits),
    ...(stacktrace === undefined ? {} : { "exception.stacktrace": cutText(stacktrace, budgets.stackUnits) }),
  };
}

/** Of a span that failed by this: what it was, and what kind, by its code where it has one. */
export function failureAttributes(thrown: unknown): ExceptionAttributes & { readonly "error.type": string } {
  const exception = exceptionAttributes(thrown);
  const code = isObject(thrown) ? textProperty(thrown, "code") : undefined;
  return { ...exception, "error.type": code ?? exception["exception.type"] };
}

/** undefined: no value of ours (undefined, functions and symbols are left out). */
export function attributeFrom(
  value: unknown,
  { depth, units, breadth }: PreviewBudget = whole,
): AttributeValue | undefined {
  return convert(value, depth, { left: units, breadth });
}

export function attributesFrom(source: unknown): Attributes {
  if (typeof source !== "object" || source === null) return {};
  if (!isProxy(source) && !isListOfUnits(source)) {
    const flat = flatCopy(source, ownKeys(source), undefined);
    if (flat !== undefined) return flat;
  }
  const value = attributeFrom(source);
  if (typeof value !== "object" || value === null) return {};
  return isList(value) ? { items: value } : value;
}

/** Beyond these keys objects may be tables of the program's, and their keys ids. */
const mostFlatKeys = 16;
const mostNameUnits = 256;

/**
 * What `attributesFrom` answers of what attributes mostly are, a literal with a few short texts and numbers, in a fraction of the
 * time; undefined: a closer look is needed. A Date or the like that the program gave the prototype of a literal is taken for one.
 * `source` is no Proxy, `keys` are its own, and `values` what they hold, where that was read already.
 */
export function flatCopy(
  source: object,
  keys: readonly string[],
  values: readonly unknown[] | undefined,
): Record<string, AttributeValue> | undefined {
  if (keys.length === 0 || keys.length > mostFlatKeys) return undefined;
  const prototype: unknown = getPrototypeOf(source);
  if (prototype !== programsObject && prototype !== ownObject && prototype !== inheritedByFields) return undefined;
  const copy = emptyFields();
  let left: number = budgets.totalUnits - 8;
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] ?? "";
    let value: unknown;
    if (values === undefined) {
      const found = getOwnPropertyDescriptor(source, key);
      if (found === undefined || found.get !== undefined || found.set !== undefined) return undefined;
      value = found.value;
    } else value = values[at];
    if (key.length > mostNameUnits) return undefined;
    left -= 8 + key.length;
    if (typeof value === "string") {
      if (value.length > budgets.textUnits) return undefined;
      left -= value.length;
      copy[key] = value;
    } else if (typeof value === "number" || typeof value === "boolean" || value === null) copy[key] = value;
    else return undefined;
    if (left <= 0) return undefined;
  }
  return copy;
}

const isList = (value: AttributeValue): value is readonly AttributeValue[] => Array.isArray(value);

function convert(value: unknown, depth: number, allowance: Allowance): AttributeValue | undefined {
  allowance.left -= 8;
  switch (typeof value) {
    case "string": {
      const text = cutText(value, Math.max(0, Math.min(budgets.textUnits, allowance.left)));
      allowance.left -= text.length;
      return text;
    }
    case "number":
    case "boolean":
      return value;
    case "bigint":
      return cutText(bigintToString.call(value), budgets.textUnits);
    case "object":
      return value === null ? null : convertObject(value, depth, allowance);
    default:
      return undefined;
  }
}

function convertObject(value: object, depth: number, allowance: Allowance): AttributeValue {
  if (isProxy(value)) return "[Proxy]";
  if (types.isDate(value)) {
    return Number.isNaN(dateGetTime.call(value)) ? "Invalid Date" : dateToISOString.call(value);
  }
  if (isError(value)) return exceptionAttributes(value);
  if (depth <= 0 || allowance.left <= 0)
    return Array.isArray(value) ? "[Array]" : `[${classNameOf(value) || "Object"}]`;
  if (Array.isArray(value)) return convertArray(value, depth, allowance);
  if (types.isMap(value)) return convertMap(value, depth, allowance);
  if (types.isSet(value)) return convertSet(value, depth, allowance);
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value) || isOpaque(value)) return `[${classNameOf(value)}]`;
  return convertProperties(value, depth, allowance);
}

const isOpaque = (value: object): boolean =>
  types.isPromise(value) ||
  isBoxedPrimitive(value) ||
  types.isModuleNamespaceObject(value) ||
  types.isWeakMap(value) ||
  types.isWeakSet(value) ||
  types.isExternal(value);

function convertProperties(value: object, depth: number, allowance: Allowance): Attributes {
  const converted = emptyAttributes();
  let count = 0;
  for (const key of ownKeys(value)) {
    if (count >= allowance.breadth || allowance.left <= 0) {
      converted["…"] = "cut";
      break;
    }
    const found = getOwnPropertyDescriptor(value, key);
    if (found === undefined) continue;
    const isAccessor = found.get !== undefined || found.set !== undefined;
    const item = isAccessor ? "[Getter]" : convert(found.value, depth - 1, allowance);
    if (item === undefined) continue;
    const name = cutText(key, 256);
    allowance.left -= name.length;
    converted[name] = item;
    count++;
  }
  return converted;
}

function convertArray(value: readonly unknown[], depth: number, allowance: Allowance): AttributeValue[] {
  const converted: AttributeValue[] = [];
  for (let i = 0; i < value.length; i++) {
    if (i >= allowance.breadth || allowance.left <= 0) {
      converted.push(`… ${value.length - i} more`);
      break;
    }
    const found = getOwnPropertyDescriptor(value, i);
    const isAccessor = found?.get !== undefined || found?.set !== undefined;
    converted.push(isAccessor ? "[Getter]" : (convert(found?.value, depth - 1, allowance) ?? null));
  }
  return converted;
}

function convertMap(value: Map<unknown, unknown>, depth: number, allowance: Allowance): Attributes {
  const converted = emptyAttributes();
  let count = 0;
  for (const [key, item] of mapEntries.call(value)) {
    if (count >= allowance.breadth || allowance.left <= 0) break;
    const name = typeof key === "string" ? key : JSON.stringify(convert(key, 0, allowance) ?? typeof key);
    converted[cutText(name, 256)] = convert(item, depth - 1, allowance) ?? null;
    count++;
  }
  const size = Number(Reflect.apply(mapSize, value, []));
  if (size > count) converted["…"] = `${size - count} more`;
  return converted;
}

function convertSet(value: Set<unknown>, depth: number, allowance: Allowance): AttributeValue[] {
  const converted: AttributeValue[] = [];
  for (const item of setValues.call(value)) {
    if (converted.length >= allowance.breadth || allowance.left <= 0) break;
    converted.push(convert(item, depth - 1, allowance) ?? null);
  }
  const size = Number(Reflect.apply(setSize, value, []));
  if (size > converted.length) converted.push(`… ${size - converted.length} more`);
  return converted;
}

/** For a few keys that are the same over and over: V8 knows where they are, as it does not of what has no prototype at all. */
export const emptyFields = (): Record<string, AttributeValue> =>
  Object.create(inheritedByFields) as Record<string, AttributeValue>;

/** Without a prototype, so that a key called "__proto__" is a key. */
export const emptyAttributes = (): Record<string, AttributeValue> =>
  Object.create(null) as Record<string, AttributeValue>;
