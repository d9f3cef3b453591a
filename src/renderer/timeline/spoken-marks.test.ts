import { describe, expect, it } from "vitest";
import { spokenMarks } from "./spoken-marks.js";

const range = { fromNs: 10, toNs: 300 };

describe("the marks that the ruler tells in words", () => {
  it("are those in view, each with what it is; a gap says what is missing and why", () => {
    const marks = [
      { kind: "start", offsetNs: 0, lost: 0, label: "gateway started" },
      { kind: "error", offsetNs: 10, lost: 0, label: "TypeError: x is not a function" },
      { kind: "gap", offsetNs: 20, lost: 3, label: "3 lost: the program was faster than the recorder" },
      { kind: "note", offsetNs: 300, lost: 0, label: "Cause: here" },
      { kind: "end", offsetNs: 301, lost: 0, label: "gateway ended" },
    ] as const;
    expect(spokenMarks(marks, range)).toEqual({
      rows: [
        { offsetNs: 10, kind: "Error", words: "TypeError: x is not a function" },
        { offsetNs: 20, kind: "Gap", words: "3 records lost here: the program was faster than the recorder" },
        { offsetNs: 300, kind: "Note", words: "Cause: here" },
      ],
      more: "",
    });
  });

  it("are 200 at most, and how many more there are", () => {
    const marks = Array.from({ length: 202 }, (_, i) => {
      return { kind: "note", offsetNs: 20 + i, lost: 0, label: String(i) } as const;
    });
    const { rows, more } = spokenMarks(marks, range);
    expect([rows.length, rows.at(-1)?.words, more]).toEqual([200, "199", "and 2 more marks: a closer look shows them"]);
  });
});
