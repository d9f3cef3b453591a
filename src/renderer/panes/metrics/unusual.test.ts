import { describe, expect, it } from "vitest";
import { placesOfUnusual, unusualOf } from "./unusual.js";

describe("what leaves its usual band", () => {
  it("is found at the times of its samples, once for the same samples", () => {
    const timeNs = Float64Array.from({ length: 100 }, (_, at) => at * 1e9);
    const values = Float64Array.from(timeNs, (_, at) => (at >= 70 && at <= 74 ? 90 : 10 + (at % 3)));
    const samples = { timeNs, values };
    expect(unusualOf(samples)).toEqual([{ fromNs: 70e9, toNs: 74e9 }]);
    expect(unusualOf({ ...samples })).toBe(unusualOf(samples));
  });

  it("is drawn where it is in view, and never too narrow to be seen", () => {
    const unusual = [
      { fromNs: 0, toNs: 5 },
      { fromNs: 8, toNs: 12 },
      { fromNs: 60, toNs: 60 },
      { fromNs: 200, toNs: 300 },
    ];
    expect(placesOfUnusual(unusual, { fromNs: 10, toNs: 110 }, 100)).toEqual([
      { leftPx: 0, widthPx: 3 },
      { leftPx: 50, widthPx: 3 },
    ]);
  });
});
