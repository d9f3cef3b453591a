import { describe, expect, it } from "vitest";
import { msFromText } from "./duration.js";

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
