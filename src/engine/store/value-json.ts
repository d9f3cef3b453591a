// Captured values, object contents and operations as JSON text: what the columns `key`, `value` and `contents` hold.
// A primitive that JSON has is itself; everything else is an object whose first key starts with "$", so that any SQL
// client can read it. Lossless: reading gives back what was written. docs/sql.md lists the notation.
//   {"$object":17} {"$undefined":true} {"$number":"-0"|"NaN"|…} {"$bigint":"1"} {"$symbol":"x"} {"$hole":true}
//   {"$cut":"start","length":9} {"$unavailable":"getter","what":"get x()"} {"$utf16":[55296]}
// The last stands for a text with a lone surrogate, which the JSON parsers of databases refuse.
import { unreachable } from "../../shared/base/unreachable.js";
import { type CapturedValue, type UnavailableReason, objectId } from "../../shared/trace/value.js";

/** Thrown for stored text that no Hindcast wrote: the file is damaged. */
export class UnreadableStored extends Error {}

type StoredText = string | { readonly $utf16: readonly number[] };

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

export function textToStore(text: string): StoredText {
  if (!loneSurrogate.test(text)) return text;
  return { $utf16: Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)) };
}

export function valueToStore(value: CapturedValue): unknown {
  switch (value.kind) {
    case "primitive":
      return primitiveToStore(value.value);
    case "object":
      return { $object: value.id };
    case "symbol":
      return { $symbol: textToStore(value.description) };
    case "hole":
      return { $hole: true };
    case "cut":
      return { $cut: textToStore(value.start), length: value.length };
    case "unavailable":
      return { $unavailable: value.because, what: textToStore(value.what) };
    default:
      return unreachable(value);
  }
}

function primitiveToStore(value: string | number | boolean | bigint | null | undefined): unknown {
  if (typeof value === "string") return textToStore(value);
  if (typeof value === "number") return numberToStore(value);
  if (typeof value === "bigint") return { $bigint: value.toString() };
  return value === undefined ? { $undefined: true } : value;
}

export function numberToStore(value: number): unknown {
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  return { $number: Object.is(value, -0) ? "-0" : String(value) };
}

export function valueFromStored(stored: unknown): CapturedValue {
  if (typeof stored === "string" || typeof stored === "number" || typeof stored === "boolean" || stored === null)
    return { kind: "primitive", value: stored };
  const tagged = fieldsOf(stored);
  // By far the most common.
  if ("$object" in tagged) return { kind: "object", id: objectId(countFrom(tagged["$object"])) };
  const tag = Object.keys(tagged)[0];
  switch (tag) {
    case "$undefined":
      return { kind: "primitive", value: undefined };
    case "$number":
      return { kind: "primitive", value: numberFromStored(tagged) };
    case "$bigint":
      return { kind: "primitive", value: bigintFrom(tagged["$bigint"]) };
    case "$utf16":
      return { kind: "primitive", value: textFromStored(tagged) };
    case "$symbol":
      return { kind: "symbol", description: textFromStored(tagged["$symbol"]) };
    case "$hole":
      return { kind: "hole" };
    case "$cut":
      return { kind: "cut", start: textFromStored(tagged["$cut"]), length: countFrom(tagged["length"]) };
    case "$unavailable":
      return { kind: "unavailable", because: reasonFrom(tagged["$unavailable"]), what: textFromStored(tagged["what"]) };
    default:
      throw new UnreadableStored("a value of no known kind");
  }
}

export function textFromStored(stored: unknown): string {
  if (typeof stored === "string") return stored;
  return listFrom(fieldsOf(stored)["$utf16"])
    .map((unit) => String.fromCharCode(countFrom(unit)))
    .join("");
}

export function numberFromStored(stored: unknown): number {
  if (typeof stored === "number") return stored;
  const special = fieldsOf(stored)["$number"];
  if (special === "-0" || special === "NaN" || special === "Infinity" || special === "-Infinity")
    return Number(special);
  throw new UnreadableStored("number");
}

export function fieldsOf(stored: unknown): Readonly<Record<string, unknown>> {
  if (!isFields(stored)) throw new UnreadableStored("object expected");
  return stored;
}

const isFields = (stored: unknown): stored is Readonly<Record<string, unknown>> =>
  typeof stored === "object" && stored !== null && !Array.isArray(stored);

export function listFrom(stored: unknown): readonly unknown[] {
  if (!Array.isArray(stored)) throw new UnreadableStored("list expected");
  return stored;
}

export function countFrom(stored: unknown): number {
  if (typeof stored !== "number" || !Number.isSafeInteger(stored) || stored < 0)
    throw new UnreadableStored("count expected");
  return stored;
}

function bigintFrom(stored: unknown): bigint {
  if (typeof stored !== "string" || !/^-?\d+$/.test(stored)) throw new UnreadableStored("bigint expected");
  return BigInt(stored);
}

const reasons: readonly UnavailableReason[] = ["getter", "proxy", "opaque", "too-large", "not-recorded"];

function reasonFrom(stored: unknown): UnavailableReason {
  const reason = reasons.find((known) => known === stored);
  if (reason === undefined) throw new UnreadableStored("reason expected");
  return reason;
}

export function parseStored(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableStored("not JSON");
  }
}
