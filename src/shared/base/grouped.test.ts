import { describe, expect, it } from "vitest";
import { grouped } from "./grouped.js";

describe("grouped", () => {
  it("keeps the order of items and of groups, and leaves out what has no key", () => {
    const found = grouped([5, 2, 4, 3, 0], (number) => (number === 0 ? undefined : number % 2 === 0));
    expect([...found]).toEqual([
      [false, [5, 3]],
      [true, [2, 4]],
    ]);
  });
});
