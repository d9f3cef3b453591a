import { describe, expect, it } from "vitest";
import { bytesFromText, msFromText } from "./typed-amounts.js";

describe("msFromText", () => {
  it("reads numbers with a unit", () => {
    expect(["500ms", "30s", "10m", "1.5h", "7d"].map(msFromText)).toEqual([
      500, 30_000, 600_000, 5_400_000, 604_800_000,
    ]);
  });

  it("knows what is none", () => {
    const wrong = ["", "10", "m", "-1m", "10 m", "10min", "1h30m", "1e3s", "10M"];
    expect(wrong.map(msFromText)).toEqual(Array(wrong.length).fill(undefined));
  });
});

describe("bytesFromText", () => {
  it("reads numbers with and without a unit", () => {
    const read = ["64MB", "1 GB", "512k", "1.5mb", "4096", "7B"].map(bytesFromText);
    expect(read).toEqual([64e6, 1e9, 512e3, 1.5e6, 4096, 7]);
  });

  it("knows what is none", () => {
    expect(["", "MB", "-1MB", "1TB", "1e9", "64 MB please"].map(bytesFromText)).toEqual(Array(6).fill(undefined));
  });
});
