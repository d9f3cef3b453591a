import { describe, expect, it } from "vitest";
import type { WriteEntry } from "../../../shared/protocol/engine-rows.js";
import { watchLane, writeNear } from "./watch-lane.js";

const box = { widthPx: 100, heightPx: 26, start: 1000n, untilNs: 100 };
const write = (atNs: number, value: unknown, path = "n"): WriteEntry => ({
  process: 1,
  seq: atNs,
  instant: 1000n + BigInt(atNs),
  scope: "s",
  path,
  operation: "set",
  old: undefined,
  new: value,
  oldText: "",
  newText: value === undefined ? "" : JSON.stringify(value),
});
const lane = (writes: WriteEntry[], total = writes.length) => watchLane({ writes, total }, "n", box);

describe("watchLane", () => {
  it("is a step line of numbers, from the first write to the end", () => {
    expect(lane([write(10, 0), write(50, 10)])).toEqual({
      line: "M10 23H50V3H100",
      boxes: [],
      marksPx: [],
      unreadPx: 0,
    });
  });

  it("has no line where the value was away", () => {
    expect(lane([write(10, 0), write(20, undefined), write(50, 10)]).line).toBe("M10 23H20M50 3H100");
    expect(lane([write(10, 5), write(20, undefined)]).line).toBe("M10 13H20");
  });

  it("is a box for each other value, those too narrow left out", () => {
    const { line, boxes } = lane([write(10, "a"), write(40, 1), write(40, "b"), write(60, undefined)]);
    expect([line, boxes]).toEqual([
      undefined,
      [
        { xPx: 10, widthPx: 30, text: '"a"' },
        { xPx: 40, widthPx: 20, text: '"b"' },
      ],
    ]);
  });

  it("marks writes inside the value, and where what was read begins", () => {
    const { boxes, marksPx, unreadPx } = lane([write(30, {}), write(50, 1, "n.a"), write(50, 2, "n.a")], 9);
    expect([boxes.length, marksPx, unreadPx]).toEqual([1, [50], 30]);
  });
});

describe("writeNear", () => {
  it("is the nearest one, the later of those at the same place", () => {
    const writes = [write(10, 1), write(50, 2), write(50, 3)];
    expect([0, 29, 31, 99].map((xPx) => writeNear(writes, box, xPx)?.new)).toEqual([1, 1, 3, 3]);
    expect(writeNear([], box, 5)).toBeUndefined();
  });
});
