import { describe, expect, it } from "vitest";
import { firstWhere } from "./first-where.js";

describe("firstWhere", () => {
  it("is what looking at one after the other finds, wherever that is", () => {
    for (let count = 0; count <= 20; count++)
      for (let first = 0; first <= count; first++) {
        const asked: number[] = [];
        const found = firstWhere(count, (at) => {
          asked.push(at);
          return at >= first;
        });
        expect(found).toBe(first);
        expect(asked.every((at) => at >= 0 && at < count)).toBe(true);
        expect(asked.length).toBeLessThanOrEqual(Math.ceil(Math.log2(count + 1)));
      }
  });
});
