import { describe, expect, it } from "vitest";
import { centredWithin, densityBars, groupMarks, hasRoom, minorTicksOf, sliceAt } from "./ruler-geometry.js";

const range = (fromNs: number, toNs: number) => ({ fromNs, toNs });
const counts = (records: number[], errors: number[] = []) => ({
  range: range(0, records.length * 100),
  records: Uint32Array.from(records),
  errors: Uint32Array.from(records, (_, i) => errors[i] ?? 0),
  writes: new Uint32Array(records.length),
});

describe("densityBars", () => {
  it("makes the busiest slice full height and leaves empty ones out", () => {
    const bars = densityBars(counts([1, 0, 4]), range(0, 300), 9);
    expect(bars.map(({ xPx, heightPx }) => [xPx, heightPx])).toEqual([
      [0, 22],
      [6, 44],
    ]);
  });

  it("shows one record beside a million, and one error among them", () => {
    const bars = densityBars(counts([1, 1_000_000], [0, 1]), range(0, 200), 6);
    expect(bars.map(({ heightPx, errorPx }) => [heightPx, errorPx])).toEqual([
      [1, 0],
      [44, 2],
    ]);
  });

  it("keeps old counts in their place while a zoomed view waits for new ones", () => {
    const bars = densityBars(counts([1, 1, 1, 1]), range(100, 300), 8);
    expect(bars.map(({ xPx, widthPx }) => [xPx, widthPx])).toEqual(
      [
        [-4, 3],
        [0, 3],
        [4, 3],
        [8, 3],
      ].slice(1),
    );
  });
});

describe("sliceAt", () => {
  it("finds the slice of an instant, none outside", () => {
    const density = counts([1, 2, 3]);
    expect([-1, 0, 99, 100, 299, 300].map((ns) => sliceAt(density, ns))).toEqual([undefined, 0, 0, 1, 2, undefined]);
  });
});

describe("groupMarks", () => {
  it("merges marks nearer than 12 pixels to the first and leaves out those not in view", () => {
    const marks = [0, 5, 11, 12, 40, 500].map((offsetNs) => ({ offsetNs }));
    const groups = groupMarks(marks, range(0, 100), 100);
    expect(groups.map((group) => [group.xPx, group.marks.length])).toEqual([
      [0, 3],
      [12, 1],
      [40, 1],
    ]);
  });
});

describe("hasRoom", () => {
  it("is false for a label that is half out of the track, and for one in the flag's way", () => {
    const shown = (flag?: { fromPx: number; px: number }) =>
      [5, 20, 95, 100, 145, 150, 195].filter((xPx) => hasRoom(xPx, 20, 200, flag));
    expect(shown()).toEqual([20, 95, 100, 145, 150]);
    expect(shown({ fromPx: 106, px: 30 })).toEqual([20, 95, 150]);
  });
});

describe("centredWithin", () => {
  it("centres a box and keeps it inside", () => {
    expect([50, 2, 99].map((x) => centredWithin(x, 20, 100))).toEqual([40, 0, 80]);
  });
});

describe("minorTicksOf", () => {
  it("are four between two ticks, also before the first and after the last, within what is shown", () => {
    const shown = { fromNs: 12, toNs: 43 };
    expect(minorTicksOf({ stepNs: 10, offsetsNs: [20, 30, 40] }, shown)).toEqual([
      12, 14, 16, 18, 22, 24, 26, 28, 32, 34, 36, 38, 42,
    ]);
    expect(minorTicksOf({ stepNs: 10, offsetsNs: [] }, shown)).toEqual([]);
  });
});
