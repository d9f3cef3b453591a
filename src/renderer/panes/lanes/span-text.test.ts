import { describe, expect, it } from "vitest";
import { clipLabel, ownText } from "./span-text.js";

describe("clipLabel", () => {
  const tenPerLetter = (text: string) => text.length * 10;

  it("keeps what fits and marks what was left out", () => {
    expect(
      ["GET", "POST /checkout", "POST /checkout"].map((label, i) =>
        clipLabel(label, [30, 60, 5][i] ?? 0, tenPerLetter),
      ),
    ).toEqual(["GET", "POST…", ""]);
  });
});

describe("ownText", () => {
  it("says how much of a span's time was its own, never more than all of it", () => {
    expect([ownText(4_860_000, 1_220_000_000), ownText(9e9, 2e9), ownText(0, 5e6)]).toEqual([
      "self 4.86 ms (0.4 %)",
      "self 2 s (100 %)",
      "self 0 ns (0.0 %)",
    ]);
    expect([ownText(undefined, 5), ownText(0, 0)]).toEqual([undefined, undefined]);
  });
});
