import { describe, expect, it } from "vitest";
import { inFamilies } from "./process-families.js";

/** "2<1": process 2, started by 1. Answers one line each, indented. */
function listed(...written: readonly string[]): string[] {
  const processes = written.map((text) => {
    const [process, parent] = text.split("<").map(Number);
    return { process: process ?? 0, parent };
  });
  return inFamilies(processes).map(({ process, depth }) => "  ".repeat(depth) + String(process.process));
}

describe("inFamilies", () => {
  it("lists each below the one that started it, in the order in which they began", () => {
    expect(listed("1", "2<1", "3", "4<1", "5<2", "6<3")).toEqual(["1", "  2", "    5", "  4", "3", "  6"]);
  });

  it("lists on top what was started by something that is not in the recording", () => {
    expect(listed("2<9", "3<2")).toEqual(["2", "  3"]);
  });

  it("lists a child that came before its parent below it", () => {
    expect(listed("1<2", "2")).toEqual(["2", "  1"]);
  });

  it("lists every one of a file in which some are their own ancestors, once", () => {
    expect(listed("1<2", "2<1", "3<3", "4")).toEqual(["4", "1", "  2", "3"]);
  });
});
