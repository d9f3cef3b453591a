import { describe, expect, it } from "vitest";
import { gutterLines } from "./gutter-rows.js";
import { innermostIn, isStillAsked } from "./shown-call.js";

function stacksOf(...frames: readonly (readonly [stack: number, name: string, file: string, isCall?: 0])[]) {
  const zeros = frames.map(() => 0);
  const texts = frames.map(() => "");
  return {
    total: 2,
    frames: {
      truncated: false,
      process: Uint16Array.from(zeros),
      startNs: Float64Array.from(zeros),
      endNs: Float64Array.from(frames, () => NaN),
      lane: Uint16Array.from(zeros),
      kind: Uint8Array.from(zeros),
      status: Uint8Array.from(zeros),
      names: frames.map(([, name]) => name),
      spanIds: texts,
      traceIds: texts,
      parentSpanIds: texts,
      attributes: texts,
    },
    files: frames.map(([, , file]) => file),
    lines: Uint32Array.from(zeros),
    columns: Uint32Array.from(zeros),
    stack: Uint16Array.from(frames, ([stack]) => stack),
    isCall: Uint8Array.from(frames, ([, , , isCall = 1]) => isCall),
  };
}

describe("what stands beside the lines of a source", () => {
  it("is how often what begins in them was called, and why something is not told of", () => {
    const lines = gutterLines({
      names: ["late", "debit", "", "odd"],
      lines: Uint32Array.of(9, 4, 4, 6),
      columns: Uint32Array.of(1, 1, 20, 1),
      reasons: ["", "", "", "its text is a directive"],
      calls: Uint32Array.of(0, 1200, 3, 0),
      failed: Uint32Array.of(0, 2, 0, 0),
      totalNs: Float64Array.of(0, 5e6, 1e3, 0),
    });
    expect(lines).toEqual([
      {
        line: 4,
        calls: 1203,
        failed: 2,
        words: "debit: 1\u2009200 calls, 2 failed, 5 ms together\na function without a name: 3 calls, 1 µs together",
        whyNot: "",
      },
      {
        line: 6,
        calls: undefined,
        failed: 0,
        words: "odd: not told of, its text is a directive",
        whyNot: "its text is a directive",
      },
      { line: 9, calls: 0, failed: 0, words: "late: 0 calls", whyNot: "" },
    ]);
  });
});

describe("the call that Source says more about", () => {
  it("is the innermost of the file in the latest stack that has one", () => {
    const stacks = stacksOf(
      [0, "GET /", "", 0],
      [0, "main", "/b.js"],
      [1, "outer", "/a.js"],
      [1, "inner", "/a.js"],
      [1, "query", "/a.js", 0],
      [2, "older", "/a.js"],
    );
    expect(innermostIn(stacks, "/a.js")?.name).toBe("inner");
    expect(innermostIn(stacks, "/b.js")?.name).toBe("main");
    expect(innermostIn(stacks, "/c.js")).toBeUndefined();
  });

  it("is the one that was asked for until the playhead is moved out of it", () => {
    const call = { startNs: 10, endNs: 20 };
    expect(isStillAsked(90, 90, call)).toBe(true);
    expect(isStillAsked(10, 90, call)).toBe(true);
    expect(isStillAsked(20, 90, call)).toBe(true);
    expect(isStillAsked(21, 90, call)).toBe(false);
    expect(isStillAsked(9, 90, call)).toBe(false);
    expect(isStillAsked(1000, 90, { startNs: 10, endNs: NaN })).toBe(true);
    expect(isStillAsked(91, 90, undefined)).toBe(false);
  });
});
