import { describe, expect, it } from "vitest";
import { linesAttribute, linesLeftOutAttribute, localsAt, stepsFrom, stepsLeftOut, toldStep } from "./call-lines.js";

describe("the statements of a call", () => {
  it("are read as they were told, and what was left out is counted", () => {
    const attributes = {
      [linesAttribute]: [toldStep(3, 0, { a: 1 }), toldStep(4, 250, undefined)],
      [linesLeftOutAttribute]: 7,
    };
    expect(stepsFrom(attributes)).toEqual([
      { line: 3, sinceFirstNs: 0, changed: { a: 1 } },
      { line: 4, sinceFirstNs: 250, changed: {} },
    ]);
    expect(stepsLeftOut(attributes)).toBe(7);
  });

  it("have the variables that were told by then, the newest value of each", () => {
    const steps = stepsFrom({
      [linesAttribute]: [toldStep(1, 0, { a: 1, b: 1 }), toldStep(2, 1, { a: 2 }), toldStep(3, 2, { c: 3 })],
    });
    expect(steps.map((_, at) => localsAt(steps, at))).toEqual([
      { a: 1, b: 1 },
      { a: 2, b: 1 },
      { a: 2, b: 1, c: 3 },
    ]);
  });

  it("may be called anything, and be nothing that was ever told", () => {
    const steps = stepsFrom({ [linesAttribute]: [[1, 0, JSON.parse('{"__proto__": 5}')]] });
    expect(Object.entries(localsAt(steps, 0))).toEqual([["__proto__", 5]]);
    expect(stepsFrom({ [linesAttribute]: [1, ["x", 2], [2, 3, "y"], null] })).toEqual([
      { line: 2, sinceFirstNs: 3, changed: {} },
    ]);
    expect([stepsFrom({}), stepsLeftOut({ [linesLeftOutAttribute]: "x" })]).toEqual([[], 0]);
  });
});
