import { describe, expect, it } from "vitest";
import { splitFraction } from "./splitting.js";

describe("splitFraction", () => {
  it("follows the divider and keeps both sides usable", () => {
    expect(splitFraction(400, 1000, 120, 120)).toBe(0.4);
    expect(splitFraction(10, 1000, 120, 200)).toBe(0.12);
    expect(splitFraction(990, 1000, 120, 200)).toBe(0.8);
  });

  it("stays a fraction when nothing fits", () => {
    expect(splitFraction(50, 100, 120, 200)).toBe(1);
    expect(splitFraction(50, 0, 120, 200)).toBe(0.5);
  });
});
