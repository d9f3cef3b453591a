import { describe, expect, it } from "vitest";
import { placeOf } from "./json-place.js";

const text = `{
  "other": { "pipeline": [1, "]}"], "x": -1.5e3 },
  "pipeline": [
    { "stage": "drop", "where": { "kind": "log" } },
    { "stage": "sample", "ratio": 2 }
  ]
}`;

describe("placeOf", () => {
  it.each([
    [["pipeline"], "3:15"],
    [["pipeline", 0, "where", "kind"], "4:43"],
    [["pipeline", 1, "ratio"], "5:35"],
    [["pipeline", 1, "missing"], "5:5"],
    [["other", "pipeline", 1], "2:30"],
    [[], "1:1"],
  ] as const)("finds %j at %s", (path, expected) => {
    const { line, column } = placeOf(text, path);
    expect(`${line}:${column}`).toBe(expected);
  });
});
