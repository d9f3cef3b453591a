import { describe, expect, it } from "vitest";
import { type CapturedValue, objectId } from "../trace/value.js";
import { ByteReader, ByteWriter, MalformedBytes } from "./bytes.js";
import { readValue, writeValue } from "./captured-value-codec.js";
import { endOfValue, fixedSizeOf, skipValue } from "./skip-value.js";

const values: readonly CapturedValue[] = [
  ...[undefined, null, true, false, 0, -1, 0.5, NaN, "", "text", "ä€😀\ud800", 12n].map((value): CapturedValue => ({
    kind: "primitive",
    value,
  })),
  { kind: "symbol", description: "what" },
  { kind: "object", id: objectId(7) },
  { kind: "hole" },
  { kind: "cut", length: 1000, start: "the beginning" },
  { kind: "unavailable", because: "getter", what: "get" },
];

function bytesOf(value: CapturedValue): Uint8Array {
  const out = new ByteWriter();
  writeValue(out, value);
  return out.bytes.slice(0, out.at);
}

function mustEndWithin(bytes: Uint8Array): void {
  if (endOfValue(bytes, 0) > bytes.length) throw new MalformedBytes("cut off");
}

describe("a captured value's bytes", () => {
  it.each(values)("are passed over as far as they are read (%o)", (value) => {
    const bytes = bytesOf(value);
    const [read, skipped] = [new ByteReader(bytes), new ByteReader(bytes)];
    expect(readValue(read)).toEqual(value);
    skipValue(skipped);
    expect([read.at, skipped.at]).toEqual([bytes.length, bytes.length]);
    expect(endOfValue(Uint8Array.of(255, ...bytes, 255), 1)).toBe(1 + bytes.length);
    expect(fixedSizeOf(bytes[0] ?? 0) ?? bytes.length).toBe(bytes.length);
  });

  it.each(values)("are refused when they are cut off, however they are gone through (%o)", (value) => {
    const bytes = bytesOf(value);
    for (const go of [readValue, skipValue])
      expect(() => go(new ByteReader(bytes.subarray(0, -1)))).toThrow(MalformedBytes);
    expect(() => mustEndWithin(bytes.subarray(0, -1))).toThrow(MalformedBytes);
  });
});
