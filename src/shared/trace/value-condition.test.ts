import { describe, expect, it } from "vitest";
import { type ValueCondition, conditionFrom, holds } from "./value-condition.js";

const written = (text: string): string => {
  const found = conditionFrom(text);
  return found === undefined ? "" : `${found.key} ${found.comparison} ${JSON.stringify(found.value)}`;
};

describe("a condition on values", () => {
  it.each([
    ["balance < 0", "balance < 0"],
    ["Balance<=-1.5e3", "balance <= -1500"],
    ["total > −7", "total > -7"],
    ["n >= 1_000", "n >= 1000"],
    ["status == failed", 'status = "failed"'],
    ['status != "a b"', 'status != "a b"'],
    ["code = 404", "code = 404"],
  ])("reads %j", (text, read) => {
    expect(written(text)).toBe(read);
  });

  it.each(["balance", "< 0", "balance <", "name < x", "a = b = c", "=>", "", "(a) => 1"])("%j is none", (text) => {
    expect(written(text)).toBe("");
  });

  const of = (text: string): ValueCondition => {
    const found = conditionFrom(text);
    if (found === undefined) throw new Error(`no condition: ${text}`);
    return found;
  };
  it.each([
    ["n < 0", -1, true],
    ["n < 0", 0, false],
    ["n <= 0", 0, true],
    ["n > 0", -5n, false],
    ["n < 0", -5n, true],
    ["n >= 2", 2, true],
    ["n = 404", 404, true],
    ["n = 404", "404", false],
    ["n != 404", undefined, true],
    ["n < 0", "-1", false],
    ["n < 0", Number.NaN, false],
    ["n = failed", "failed", true],
    ["n != failed", "done", true],
    ["n = true", true, true],
    ["n = null", null, true],
  ])("%s holds for %s: %s", (text, value, answer) => {
    expect(holds(of(text), "N", { kind: "primitive", value })).toBe(answer);
    expect(holds(of(text), "other", { kind: "primitive", value })).toBe(false);
  });

  it("holds for no object", () => {
    expect(holds(of("n != 1"), "n", { kind: "symbol", description: "x" })).toBe(false);
  });
});
