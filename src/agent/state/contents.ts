// What an object holds as the recording is told: all of its shadow at once, with objects named by id.
import {
  type CapturedValue,
  type ObjectContents,
  type ObjectId,
  propertiesNotCaptured,
} from "../../shared/trace/value.js";
import { type Entries, type Shadow, type Slot, accessor } from "./shadow.js";

export interface Encoder {
  /** A slot as a captured value; objects not seen before are adopted. `key` is the name it stands under, "" if none. */
  slot(slot: Slot, key: string): CapturedValue;
  /** A Map key or Set member: like a slot, but never so that two different ones look the same. */
  member(member: unknown): CapturedValue;
}

export interface Subject {
  readonly id: ObjectId;
  readonly className: string;
  readonly privates: Entries | undefined;
  shadow: Shadow;
}

export function contentsOf({ shadow, className: ownName, privates }: Subject, encode: Encoder): ObjectContents {
  const hasMore = "hasMore" in shadow && (shadow.hasMore || (privates?.size ?? 0) > 0);
  const className = hasMore ? `${ownName}${propertiesNotCaptured}` : ownName;
  switch (shadow.kind) {
    case "object":
    case "error":
      return { kind: shadow.kind, className, entries: entriesOf(shadow.entries, privates, encode) };
    case "array": {
      const elements: CapturedValue[] = [];
      for (let at = 0; at < shadow.elements.length; at++)
        elements[at] = encode.slot(shadow.elements[at], nameAt(shadow.elements[at], at));
      return { kind: "array", className, elements, entries: entriesOf(shadow.entries, privates, encode) };
    }
    case "map": {
      const pairs: [CapturedValue, CapturedValue][] = [];
      shadow.pairs.forEach(
        (value, key) => (pairs[pairs.length] = [encode.member(key), encode.slot(value, nameFrom(key))]),
      );
      return { kind: "map", className, pairs };
    }
    case "set": {
      const members: CapturedValue[] = [];
      shadow.members.forEach((member) => (members[members.length] = encode.member(member)));
      return { kind: "set", className, members };
    }
    case "date":
      return { kind: "date", className, timeMs: shadow.timeMs };
    case "bytes":
      return { kind: "bytes", className, bytes: shadow.bytes, length: shadow.length };
    case "opaque":
      return { kind: "opaque", className: shadow.tooLarge ? `${className} (too large to capture)` : className };
    case "unread":
      return { kind: "opaque", className: `${className} (not captured yet)` };
  }
}

/** An element's name; of a primitive nobody asks for it. */
export const nameAt = (slot: Slot, index: number): string =>
  typeof slot === "object" || slot === accessor ? String(index) : "";

/** The name that a Map's key is to its value. */
export const nameFrom = (key: unknown): string => (typeof key === "string" ? key : "");

function entriesOf(entries: Entries, privates: Entries | undefined, encode: Encoder): [string, CapturedValue][] {
  const encoded: [string, CapturedValue][] = [];
  entries.forEach((slot, key) => (encoded[encoded.length] = [key, encode.slot(slot, key)]));
  privates?.forEach((slot, key) => (encoded[encoded.length] = [key, encode.slot(slot, key)]));
  return encoded;
}
