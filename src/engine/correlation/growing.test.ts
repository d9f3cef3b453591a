import { describe, expect, it } from "vitest";
import { growthOf } from "./growing.js";

const of = (...values: number[]): Float64Array => Float64Array.from(values);
const score = (...values: number[]): number | undefined => growthOf(of(...values))?.score;

describe("growth", () => {
  it("is of what goes up and does not stop", () => {
    expect(score(0, 1, 2, 3, 4, 5, 6, 7)).toBe(4);
    expect(growthOf(of(0, 2, 1, 3, 2, 4, 3, 5))).toMatchObject({ first: 0, last: 5, steady: 1 - 3 / 8 });
  });

  it("is nothing where a bound is reached, or where it goes up and down", () => {
    expect(score(0, 8, 16, 24, 24, 24, 24, 24)).toBe(0);
    expect(score(0, 9, 0, 9, 0, 10, 0, 10)).toBeLessThan(1);
    expect(score(7, 6, 5, 4, 3, 2, 1, 0)).toBe(0);
  });

  it("is not known of what was hardly there", () => {
    expect(score(Number.NaN, 1, 2, 3, 4, 5, Number.NaN)).toBeUndefined();
    expect(score(Number.NaN, 1, 2, 3, 4, 5, 6)).toBe(3);
  });
});
