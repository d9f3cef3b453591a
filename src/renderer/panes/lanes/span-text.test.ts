import { describe, expect, it } from "vitest";
import { clipLabel } from "./span-text.js";

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
