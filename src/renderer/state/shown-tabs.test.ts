import { describe, expect, it } from "vitest";
import { shownTabs } from "./shown-tabs.js";

const shown = (front: number, roomPx: number) => [...shownTabs([60, 80, 70, 90], front, 40, roomPx)].sort();

describe("shownTabs", () => {
  it("are all where there is room", () => {
    expect(shown(0, 300)).toEqual([0, 1, 2, 3]);
  });

  it("are the one in front, and of the others the first that fit", () => {
    expect([shown(0, 299), shown(3, 299), shown(3, 190), shown(3, 189)]).toEqual([[0, 1, 2], [0, 1, 3], [0, 3], [3]]);
  });

  it("are never none", () => {
    expect([shown(2, 10), shown(0, 0)]).toEqual([[2], [0]]);
  });
});
