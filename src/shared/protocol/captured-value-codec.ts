// Bytes of captured values, object contents and attributes inside agent records. One tag byte, then the payload.
// Tags (docs/protocol.md lists them): 0 undefined, 1 null, 2 false, 3 true, 4 int32, 5 float64, 6 text,
// 7 bigint as decimal text, 8 symbol, 9 object id, 10 hole, 11 cut text, 12 unavailable, 13 list, 14 attributes.
import { type AttributeValue, type Attributes } from "../trace/attributes.js";
import {
  type CapturedValue,
  type Entry,
  type ObjectContents,
  type UnavailableReason,
  objectId,
} from "../trace/value.js";
import { unreachable } from "../base/unreachable.js";
import { type ByteReader, type ByteWriter, MalformedBytes } from "./bytes.js";

/** The tags that the agent also writes by hand, where it encodes events in place. */
export const valueTags = {
  null: 1,
  false: 2,
  true: 3,
  int32: 4,
  float64: 5,
  text: 6,
  list: 13,
  attributes: 14,
} as const;

const reasons: readonly UnavailableReason[] = ["getter", "proxy", "opaque", "too-large", "not-recorded"];
const kinds: readonly ObjectContents["kind"][] = ["object", "array", "map", "set", "date", "bytes", "error", "opaque"];
/** Attributes deeper than this are refused when reading; the agent cuts long before. */
const maxAttributeDepth = 16;

export function writeNumber(out: ByteWriter, value: number): void {
  if ((value | 0) === value && !Object.is(value, -0)) {
    out.u8(4);
    out.i32(value);
  } else {
    out.u8(5);
    out.f64(value);
  }
}

export function writeText(out: ByteWriter, value: string): void {
  out.u8(6);
  out.text(value);
}

export function writeValue(out: ByteWriter, value: CapturedValue): void {
  switch (value.kind) {
    case "primitive":
      return writePrimitive(out, value.value);
    case "symbol":
      out.u8(8);
      return out.text(value.description);
    case "object":
      out.u8(9);
      return out.u32(value.id);
    case "hole":
      return out.u8(10);
    case "cut":
      out.u8(11);
      out.f64(value.length);
      return out.text(value.start);
    case "unavailable":
      out.u8(12);
      out.u8(reasons.indexOf(value.because));
      return out.text(value.what);
    default:
      return unreachable(value);
  }
}

function writePrimitive(out: ByteWriter, value: string | number | boolean | bigint | null | undefined): void {
  if (typeof value === "number") writeNumber(out, value);
  else if (typeof value === "string") writeText(out, value);
  else if (value === undefined) out.u8(0);
  else if (value === null) out.u8(1);
  else if (typeof value === "boolean") out.u8(value ? 3 : 2);
  else {
    out.u8(7);
    out.text(value.toString());
  }
}

export function readValue(from: ByteReader): CapturedValue {
  const tag = from.u8();
  switch (tag) {
    case 0:
      return { kind: "primitive", value: undefined };
    case 1:
      return { kind: "primitive", value: null };
    case 2:
      return { kind: "primitive", value: false };
    case 3:
      return { kind: "primitive", value: true };
    case 4:
      return { kind: "primitive", value: from.i32() };
    case 5:
      return { kind: "primitive", value: from.f64() };
    case 6:
      return { kind: "primitive", value: from.text() };
    case 7:
      return { kind: "primitive", value: bigintFromText(from.text()) };
    case 8:
      return { kind: "symbol", description: from.text() };
    case 9:
      return { kind: "object", id: objectId(from.u32()) };
    case 10:
      return { kind: "hole" };
    case 11: {
      const length = from.f64();
      return { kind: "cut", length, start: from.text() };
    }
    case 12: {
      const because = reasons[from.u8()];
      if (because === undefined) throw new MalformedBytes("unknown reason");
      return { kind: "unavailable", because, what: from.text() };
    }
    default:
      throw new MalformedBytes(`unknown value tag ${tag}`);
  }
}

function bigintFromText(text: string): bigint {
  if (!/^-?\d+$/.test(text)) throw new MalformedBytes("not a bigint");
  return BigInt(text);
}

export function writeContents(out: ByteWriter, contents: ObjectContents): void {
  out.u8(kinds.indexOf(contents.kind));
  out.text(contents.className);
  switch (contents.kind) {
    case "object":
    case "error":
      return writeEntries(out, contents.entries);
    case "array":
      writeList(out, contents.elements);
      return writeEntries(out, contents.entries);
    case "map":
      out.u32(contents.pairs.length);
      for (const [key, value] of contents.pairs) {
        writeValue(out, key);
        writeValue(out, value);
      }
      return;
    case "set":
      return writeList(out, contents.members);
    case "date":
      return out.f64(contents.timeMs);
    case "bytes":
      out.f64(contents.length);
      out.u32(contents.bytes.length);
      return out.raw(contents.bytes);
    case "opaque":
      return;
    default:
      return unreachable(contents);
  }
}

/** Of a Map's contents, what comes before its entries; undefined for those of anything else, which are still to be read. */
export function readMapHead(from: ByteReader): { readonly className: string; readonly count: number } | undefined {
  if (kinds[from.bytes[from.at] ?? -1] !== "map") return undefined;
  from.u8();
  return { className: from.text(), count: from.u32() };
}

export function readContents(from: ByteReader): ObjectContents {
  const kind = kinds[from.u8()];
  const className = from.text();
  switch (kind) {
    case "object":
    case "error":
      return { kind, className, entries: readEntries(from) };
    case "array": {
      const elements = readList(from);
      return { kind, className, elements, entries: readEntries(from) };
    }
    case "map": {
      const pairs: (readonly [CapturedValue, CapturedValue])[] = [];
      for (let left = from.u32(); left > 0; left--) {
        const key = readValue(from);
        pairs.push([key, readValue(from)]);
      }
      return { kind, className, pairs };
    }
    case "set":
      return { kind, className, members: readList(from) };
    case "date":
      return { kind, className, timeMs: from.f64() };
    case "bytes": {
      const length = from.f64();
      return { kind, className, length, bytes: from.raw(from.u32()) };
    }
    case "opaque":
      return { kind, className };
    default:
      throw new MalformedBytes("unknown object kind");
  }
}

function writeEntries(out: ByteWriter, entries: readonly Entry[]): void {
  out.u32(entries.length);
  for (const [key, value] of entries) {
    out.text(key);
    writeValue(out, value);
  }
}

function readEntries(from: ByteReader): Entry[] {
  const entries: Entry[] = [];
  for (let left = from.u32(); left > 0; left--) {
    const key = from.text();
    entries.push([key, readValue(from)]);
  }
  return entries;
}

export function writeList(out: ByteWriter, values: readonly CapturedValue[]): void {
  out.u32(values.length);
  for (const value of values) writeValue(out, value);
}

export function readList(from: ByteReader): CapturedValue[] {
  const values: CapturedValue[] = [];
  for (let left = from.u32(); left > 0; left--) values.push(readValue(from));
  return values;
}

export function writeAttribute(out: ByteWriter, value: AttributeValue): void {
  if (typeof value === "number") writeNumber(out, value);
  else if (typeof value === "string") writeText(out, value);
  else if (value === null) out.u8(1);
  else if (typeof value === "boolean") out.u8(value ? 3 : 2);
  else if (isList(value)) {
    out.u8(13);
    out.u32(value.length);
    for (const item of value) writeAttribute(out, item);
  } else {
    out.u8(14);
    writeAttributes(out, value);
  }
}

const isList = (value: AttributeValue): value is readonly AttributeValue[] => Array.isArray(value);

export function writeAttributes(out: ByteWriter, attributes: Attributes): void {
  const keys = Object.keys(attributes);
  out.u32(keys.length);
  for (const key of keys) {
    out.text(key);
    writeAttribute(out, attributes[key] ?? null);
  }
}

export function readAttributes(from: ByteReader, depth = 0): Attributes {
  if (depth > maxAttributeDepth) throw new MalformedBytes("attributes nested too deeply");
  const attributes: Record<string, AttributeValue> = Object.create(null) as Record<string, AttributeValue>;
  for (let left = from.u32(); left > 0; left--) {
    const key = from.text();
    attributes[key] = readAttribute(from, depth);
  }
  return attributes;
}

function readAttribute(from: ByteReader, depth: number): AttributeValue {
  const tag = from.u8();
  switch (tag) {
    case 1:
      return null;
    case 2:
      return false;
    case 3:
      return true;
    case 4:
      return from.i32();
    case 5:
      return from.f64();
    case 6:
      return from.text();
    case 13: {
      if (depth > maxAttributeDepth) throw new MalformedBytes("attributes nested too deeply");
      const list: AttributeValue[] = [];
      for (let left = from.u32(); left > 0; left--) list.push(readAttribute(from, depth + 1));
      return list;
    }
    case 14:
      return readAttributes(from, depth + 1);
    default:
      throw new MalformedBytes(`unknown attribute tag ${tag}`);
  }
}
