import { describe, expect, it } from "vitest";
import { writeAttributes } from "../shared/protocol/captured-value-codec.js";
import { ByteWriter } from "../shared/protocol/bytes.js";
import { attributesFrom } from "./attributes.js";
import { FlatAttributes } from "./flat-attributes.js";
import { createRedaction, noRedaction } from "../redact/redactor.js";

const bytes = new Uint8Array(256);
const view = new DataView(bytes.buffer);

function generalBytesOf(source: unknown): Uint8Array {
  const out = new ByteWriter();
  out.at = 0;
  writeAttributes(out, attributesFrom(source));
  return out.bytes.slice(0, out.at);
}

function flatBytesOf(flat: FlatAttributes, source: unknown): Uint8Array | undefined {
  const end = flat.encode(bytes, view, 16, 256, source);
  return end === undefined ? undefined : bytes.slice(16, end);
}

describe("FlatAttributes", () => {
  const thrower = (): never => {
    throw new Error("the program's code was run");
  };

  it("leaves everything but flat plain data to the general way", () => {
    const flat = new FlatAttributes(noRedaction);
    const getter = Object.defineProperty({}, "a", { get: thrower, enumerable: true });
    const lists = [[1], new Uint8Array(3), Object("text"), Object.setPrototypeOf(Object("text"), null)];
    for (const source of [getter, ...lists, { a: [] }, { a: "é" }, { é: 1 }, null, 5])
      expect(flat.encode(bytes, view, 0, 256, source)).toBeUndefined();
  });

  it("writes what the general way would, whatever keys came before", () => {
    const flat = new FlatAttributes(noRedaction);
    const values = [0, -0, 1.5, -7, 2 ** 31, Number.NaN, true, false, "", "text", 3e13, null];
    for (let n = 0; n < 3000; n++) {
      const count = n % 5;
      // As many different keys as there are places for known ones, twice over, in orders that change.
      const keys = Array.from({ length: count }, (_, at) =>
        at === 2 ? "length" : `k${((n * 7 + at * 131) % 512) >> (n % 3)}`,
      );
      const source = Object.fromEntries(keys.map((key, at) => [key, values[(n + at * 3) % values.length]]));
      expect(flatBytesOf(flat, source)).toEqual(generalBytesOf(source));
    }
  });

  it("writes long texts as the general way would, and leaves those that are not ASCII to it", () => {
    const flat = new FlatAttributes(noRedaction);
    for (let length = 40; length < 140; length++) {
      const text = "some text ".repeat(14).slice(0, length);
      const source = { before: length, text, after: true };
      expect(flatBytesOf(flat, source)).toEqual(generalBytesOf(source));
      for (const beyond of ["é", "€", "😀", "\ud800"])
        expect(
          flatBytesOf(flat, { text: text.slice(0, length - 7) + beyond + text.slice(length - 7) }),
        ).toBeUndefined();
    }
  });

  it("leaves values that stand beside the name of a secret to the general way", () => {
    const flat = new FlatAttributes(createRedaction(undefined, "t"));
    for (const source of [
      { name: "password", value: "x" },
      { value: "x", key: "x-api-key" },
      { key: "k", Name: "token", Value: "x" },
    ])
      expect(flatBytesOf(flat, source)).toBeUndefined();
    expect(flatBytesOf(flat, { name: "color", value: "red" })).toBeDefined();
  });

  it("writes nothing that is to be redacted", () => {
    const flat = new FlatAttributes(createRedaction(undefined, "t"));
    for (let round = 0; round < 3; round++) {
      expect(flatBytesOf(flat, { user: "ada", order: round })).toBeDefined();
      const secrets = { user: "password=x", order: 4111111111111111, token: "x", "password=x": 1 };
      for (const [key, value] of Object.entries(secrets))
        expect(flat.encode(bytes, view, 0, 256, { [key]: value })).toBeUndefined();
      expect(flat.encode(bytes, view, 0, 256, { user: `ghp_${"a1".repeat(18)}` })).toBeUndefined();
    }
  });

  it("never writes past its limit", () => {
    const flat = new FlatAttributes(noRedaction);
    for (let length = 0; length < 260; length++) {
      bytes.fill(0xee);
      const end = flat.encode(bytes, view, 16, 200, { key: "x".repeat(length), ["y".repeat(length)]: 1.5 });
      if (end !== undefined) expect(end).toBeLessThanOrEqual(200);
      expect(bytes.subarray(200)).toEqual(new Uint8Array(56).fill(0xee));
    }
  });
});
