import { describe, expect, it } from "vitest";
import { isAlongRow, rowAfterKey, scrollTopToShow, useRowsFor, visibleRows } from "./list-window.js";

describe("visibleRows", () => {
  it("is what fits, and a few more on both sides", () => {
    expect(visibleRows(2000, 400, 20, 100_000, 8)).toEqual({ first: 92, end: 128 });
    expect(visibleRows(0, 400, 20, 100_000, 8)).toEqual({ first: 0, end: 28 });
    expect(visibleRows(0, 400, 20, 3, 8)).toEqual({ first: 0, end: 3 });
  });

  it("is empty when the list became shorter than where it was scrolled to", () => {
    expect(visibleRows(2000, 400, 20, 10, 8)).toEqual({ first: 10, end: 10 });
  });
});

describe("useRowsFor", () => {
  const keysOf = (steps: readonly (readonly [number, number])[]): readonly string[] => {
    let used = { first: 0, end: 0, shift: 0 };
    return steps.map(([first, end]) => {
      used = useRowsFor({ first, end }, used);
      return `${first + used.shift}-${end - 1 + used.shift}`;
    });
  };

  it("keeps a row while it is on screen, and uses all of them again where the list jumped", () => {
    expect(keysOf([[0, 30], [5, 35], [900, 930], [890, 920], [0, 30]])).toEqual(["0-29", "5-34", "5-34", "-5-24", "-5-24"]); // prettier-ignore
  });
});

describe("scrollTopToShow", () => {
  it("moves no further than needed", () => {
    expect(scrollTopToShow(10, 100, 200, 20)).toBe(100);
    expect(scrollTopToShow(2, 100, 200, 20)).toBe(40);
    expect(scrollTopToShow(20, 100, 200, 20)).toBe(220);
  });
});

describe("rowAfterKey", () => {
  it("moves within the list", () => {
    const keys = ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End", "x"];
    expect(keys.map((key) => rowAfterKey(key, 5, 100, 20))).toEqual([6, 4, 25, 0, 0, 99, undefined]);
    expect(rowAfterKey("ArrowDown", -1, 3, 20)).toBe(0);
    expect(rowAfterKey("ArrowDown", 2, 3, 20)).toBe(2);
  });
});

describe("isAlongRow", () => {
  it("is left and right", () => {
    const keys = ["ArrowLeft", "ArrowRight", "ArrowDown", "ArrowUp", "Home", "w"];
    expect(keys.filter(isAlongRow)).toEqual(["ArrowLeft", "ArrowRight"]);
  });
});
