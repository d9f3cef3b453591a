import { describe, expect, it } from "vitest";
import { limitsFromTyped } from "./typed-limits.js";

describe("limitsFromTyped", () => {
  it("sets only what was typed", () => {
    const limits = [
      ["", " "],
      ["90s", ""],
      ["", "2GB"],
      [" 12h ", "500 mb"],
    ].map(([age = "", size = ""]) => limitsFromTyped(age, size).limits);
    expect(limits).toEqual([{}, { maxAgeMs: 90_000 }, { maxBytes: 2e9 }, { maxAgeMs: 43_200_000, maxBytes: 500e6 }]);
  });

  it("says what is wrong with what it does not set", () => {
    for (const age of ["10", "half an hour", "500ms", "9999d", "-1m"]) {
      const { limits, ageProblem, sizeProblem } = limitsFromTyped(age, "16MB");
      expect([age, limits, sizeProblem]).toEqual([age, { maxBytes: 16e6 }, undefined]);
      expect(ageProblem).toContain("from 1s to 3650d");
    }
    for (const size of ["15MB", "2000GB", "much"]) {
      const { limits, ageProblem, sizeProblem } = limitsFromTyped("1s", size);
      expect([size, limits, ageProblem]).toEqual([size, { maxAgeMs: 1000 }, undefined]);
      expect(sizeProblem).toContain("from 16MB to 1024GB");
    }
  });
});
