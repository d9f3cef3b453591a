// What a call was given and what it returned, as bytes of attributes straight into the ring: numbers, short ASCII texts, literals and
// lists of these, as far as nothing in them is to be redacted. Nothing of the program is run. What is not so simple is refused, and goes
// by way of an object (call-previews.ts), which says what is right.
import { types } from "node:util";
import { valueTags } from "../shared/protocol/captured-value-codec.js";
import { leastCardNumber } from "../redact/card-numbers.js";
import type { Redaction } from "../redact/redactor.js";
import { previewBudget } from "./call-previews.js";
import type { FlatAttributes } from "./flat-attributes.js";
import { programsObject } from "./own-data.js";

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;
const { isArray } = Array;
const { isProxy } = types;
const functionText = "[Function]";
/** Of one value: within these nothing has to be cut. What `call-previews.ts` counts is never more than eight for each value, and its text. */
const mostTextUnits = previewBudget.units - 32;
const mostLiteralBytes = previewBudget.units - 64;
const dash = 45;

/** Nothing to tell of. */
export const noValue = -1;
/** It cannot be told in this way. */
export const notSimple = -2;

export class CallValues {
  readonly #redaction: Redaction;
  readonly #flat: FlatAttributes;

  constructor(redaction: Redaction, flat: FlatAttributes) {
    this.#redaction = redaction;
    this.#flat = flat;
  }

  /** Where it ends; else one of the two above, and garbage in place. `isName`: where it is a text, it may be the name of another's value. */
  encode(bytes: Uint8Array, view: DataView, at: number, limit: number, value: unknown, isName: boolean): number {
    switch (typeof value) {
      case "number":
        return this.#number(bytes, view, at, limit, value);
      case "string":
        if (isName && !this.#redaction.isHarmlessName(value)) return notSimple;
        return this.#text(bytes, view, at, limit, value);
      case "boolean":
        bytes[at] = value ? valueTags.true : valueTags.false;
        return at + 1;
      case "function":
        return this.#text(bytes, view, at, limit, functionText);
      case "object":
        if (value !== null) return this.#object(bytes, view, at, limit, value);
        bytes[at] = valueTags.null;
        return at + 1;
      case "bigint":
        return notSimple;
      default:
        return noValue;
    }
  }

  #number(bytes: Uint8Array, view: DataView, at: number, limit: number, value: number): number {
    if (at + 9 > limit) return notSimple;
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      bytes[at] = valueTags.int32;
      view.setInt32(at + 1, value, true);
      return at + 5;
    }
    if (value >= leastCardNumber && !this.#redaction.isHarmlessNumber(value)) return notSimple;
    bytes[at] = valueTags.float64;
    view.setFloat64(at + 1, value, true);
    return at + 9;
  }

  #text(bytes: Uint8Array, view: DataView, at: number, limit: number, value: string): number {
    const { length } = value;
    if (length > mostTextUnits || at + 5 + length > limit) return notSimple;
    bytes[at] = valueTags.text;
    view.setUint32(at + 1, length, true);
    return this.#flat.text(bytes, at + 5, limit, value) ?? notSimple;
  }

  #object(bytes: Uint8Array, view: DataView, at: number, limit: number, value: object): number {
    if (isProxy(value)) return notSimple;
    const least = Math.min(limit, at + mostLiteralBytes);
    if (isArray(value)) return this.#list(bytes, view, at, least, value);
    if (getPrototypeOf(value) !== programsObject) return notSimple;
    bytes[at] = valueTags.attributes;
    return this.#flat.encodeLiteral(bytes, view, at + 1, least, value, previewBudget.breadth) ?? notSimple;
  }

  #list(bytes: Uint8Array, view: DataView, start: number, limit: number, list: readonly unknown[]): number {
    const count = list.length;
    if (count > previewBudget.breadth || start + 5 > limit) return notSimple;
    bytes[start] = valueTags.list;
    view.setUint32(start + 1, count, true);
    let at = start + 5;
    for (let index = 0; index < count; index++) {
      const found = getOwnPropertyDescriptor(list, index);
      if (found === undefined || found.get !== undefined || found.set !== undefined) return notSimple;
      const item: unknown = found.value;
      if (typeof item === "object" && item !== null) return notSimple;
      // In a list a text may be the name of what follows it: `["--password", "x"]`, `["Authorization", "x"]`.
      if (typeof item === "string" && (count % 2 === 0 || item.charCodeAt(0) === dash)) return notSimple;
      if (at + 9 > limit) return notSimple;
      at = this.encode(bytes, view, at, limit, item, false);
      if (at < 0) return notSimple;
    }
    return at;
  }
}
