import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { bytesIn } from "./byte-count.js";

describe("the bytes of a chunk", () => {
  it("are those that a stream sends", () => {
    const chunks = ["größer", "😀", Buffer.from("abc"), new Uint8Array(7), new Uint8Array(0), ""];
    expect(chunks.map((chunk) => bytesIn(chunk))).toEqual([8, 4, 3, 7, 0, 0]);
    expect([
      bytesIn("6162", "hex"),
      bytesIn("YWI=", "base64"),
      bytesIn("ab", "utf16le"),
      bytesIn("ä", "latin1"),
    ]).toEqual([2, 2, 4, 1]);
    expect(bytesIn("ab", () => undefined)).toBe(2);
  });

  it("are counted in any realm, whatever stands on the object", () => {
    expect(bytesIn(runInNewContext("new Uint8Array(5)"))).toBe(5);
    const claims = Object.defineProperty(new Uint8Array(5), "byteLength", { get: () => expect.fail("was run") });
    expect(bytesIn(claims)).toBe(5);
  });

  it("are none of what is no chunk", () => {
    expect([undefined, null, 5, {}, [1, 2], () => undefined].map((chunk) => bytesIn(chunk))).toEqual([
      0, 0, 0, 0, 0, 0,
    ]);
  });
});
