import { describe, expect, it } from "vitest";
import { fitting } from "./fitting.js";

describe("fitting", () => {
  const most = (roomPx: number): number => fitting([50, 60, 70], 10, 30, roomPx);

  it("is all of them where they fit, to the pixel", () => {
    expect([most(200), most(1000), fitting([], 10, 30, 0)]).toEqual([3, 3, 0]);
  });

  it("leaves room for what stands for the others", () => {
    expect([199, 160, 159, 90, 89, 0].map(most)).toEqual([2, 2, 1, 1, 0, 0]);
  });
});
