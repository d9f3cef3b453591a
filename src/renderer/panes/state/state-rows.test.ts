import { describe, expect, it } from "vitest";
import { colourOf, flagsOf, reservationOf } from "./row-flags.js";
import { stepChart } from "./step-chart.js";
import { moveInTree } from "./tree-keys.js";

describe("reservationOf", () => {
  const at = (bits: number, value = "") => reservationOf(flagsOf(bits), value);

  it("names how a value is known", () => {
    expect([at(0), at(8), at(8, "[getter]"), at(16), at(32), at(64), at(8 | 32)]).toEqual([
      undefined,
      "unavailable",
      "getter",
      "cut",
      "between",
      "reference",
      "unavailable",
    ]);
  });
});

describe("colourOf", () => {
  it("tells primitives from objects", () => {
    expect(["string", "bigint", "null", "Map", "String"].map(colourOf)).toEqual([
      "string",
      "number",
      "keyword",
      "type",
      "type",
    ]);
  });
});

describe("moveInTree", () => {
  // root (open) > a (open) > x ; b (closed)
  const depths = [0, 1, 2, 1];
  const bits = [3, 3, 0, 1];
  const tree = { depthAt: (row: number) => depths[row], flagsAt: (row: number) => bits[row] };
  const move = (row: number, key: string) => {
    const found = moveInTree(tree, row, key);
    return found === undefined ? undefined : `${found.kind} ${String(found.row)}`;
  };

  it("opens, enters, closes and leaves branches", () => {
    expect([
      move(3, "ArrowRight"),
      move(1, "ArrowRight"),
      move(1, "ArrowLeft"),
      move(2, "ArrowLeft"),
      move(2, "ArrowRight"),
      move(0, "ArrowDown"),
    ]).toEqual(["open 3", "select 2", "close 1", "select 1", undefined, undefined]);
  });
});

describe("stepChart", () => {
  const box = { widthPx: 108, heightPx: 48 };
  const step = (atNs: number, value: number) => ({ atNs, value });

  it("keeps a value until the next write", () => {
    expect(stepChart([step(0, 0), step(50, 10)], 100, box)?.path).toBe("M4 44H54V4H104");
  });

  it("marks zero only when it lies within", () => {
    expect([
      stepChart([step(0, -5), step(1, 5)], 2, box)?.zeroPx,
      stepChart([step(0, 1), step(1, 5)], 2, box)?.zeroPx,
    ]).toEqual([24, undefined]);
  });

  it("draws one value as a level line and nothing as nothing", () => {
    expect([stepChart([step(5, 3)], 10, box)?.path, stepChart([], 10, box)]).toEqual(["M4 24H104", undefined]);
  });
});
