// One captured value: what a slot of the program's state held. Objects are named by id; their contents
// are in the records that adopted and changed them, so aliases, moves and cycles need no special case.
import type { Brand } from "../base/brand.js";

/** Names one object of one process for the length of a recording. From 1; never reused. */
export type ObjectId = Brand<number, "ObjectId">;
export const objectId = (n: number): ObjectId => n as ObjectId;

export type CapturedValue =
  | { readonly kind: "primitive"; readonly value: string | number | boolean | bigint | null | undefined }
  | { readonly kind: "symbol"; readonly description: string }
  | { readonly kind: "object"; readonly id: ObjectId }
  /** A missing element of a sparse array. */
  | { readonly kind: "hole" }
  /** A string longer than the agent's budget: its first part and its real length in UTF-16 units. */
  | { readonly kind: "cut"; readonly start: string; readonly length: number }
  | { readonly kind: "unavailable"; readonly because: UnavailableReason; readonly what: string };

/** Why a value is not known. `what` beside it says what stood there in the program ("get balance()", "Promise"). */
export type UnavailableReason =
  | "getter" // an accessor property: reading it would run the program's code
  | "proxy" // looking into it would run the program's traps
  | "opaque" // no contents that can be read without side effects: functions, promises, WeakMaps, handles
  | "too-large" // beyond the capture budget
  | "not-recorded"; // the object's contents never reached the recording

/** What an object is, which decides how its contents are kept. */
export type ObjectKind = "object" | "array" | "map" | "set" | "date" | "bytes" | "error" | "opaque";

/**
 * The complete contents of one object. `className` is the constructor's name as data, "" when there is none.
 * - object, error: own enumerable string keys in the program's own key order
 * - array: one value per index, holes included; `entries` are further own string keys
 * - map: keys and values in insertion order; set: members in insertion order
 * - date: milliseconds since the epoch, NaN when invalid; bytes: ArrayBuffer or a view of one, up to the budget
 * - opaque: nothing but its class name
 */
export type ObjectContents =
  | { readonly kind: "object" | "error"; readonly className: string; readonly entries: readonly Entry[] }
  | {
      readonly kind: "array";
      readonly className: string;
      readonly elements: readonly CapturedValue[];
      readonly entries: readonly Entry[];
    }
  | {
      readonly kind: "map";
      readonly className: string;
      readonly pairs: readonly (readonly [CapturedValue, CapturedValue])[];
    }
  | { readonly kind: "set"; readonly className: string; readonly members: readonly CapturedValue[] }
  | { readonly kind: "date"; readonly className: string; readonly timeMs: number }
  | { readonly kind: "bytes"; readonly className: string; readonly bytes: Uint8Array; readonly length: number }
  | { readonly kind: "opaque"; readonly className: string };

/** What a class's name says, too, when a Map, Set, Date or buffer has properties of its own beside what it is for. */
export const propertiesNotCaptured = " (own properties not captured)";

export type Entry = readonly [key: string, value: CapturedValue];
