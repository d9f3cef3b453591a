import { describe, expect, it } from "vitest";
import { bytesFromText } from "./byte-size.js";

describe("bytesFromText", () => {
  it("reads numbers with and without a unit", () => {
    const read = ["64MB", "1 GB", "512k", "1.5mb", "4096", "7B"].map(bytesFromText);
    expect(read).toEqual([64e6, 1e9, 512e3, 1.5e6, 4096, 7]);
  });

  it("knows what is none", () => {
    expect(["", "MB", "-1MB", "1TB", "1e9", "64 MB please"].map(bytesFromText)).toEqual(Array(6).fill(undefined));
  });
});
