import { describe, expect, it } from "vitest";
import { parsePath } from "../shared/trace/path.js";
import { wordIn, wordsGiven } from "./mentioned.js";

function wordOf(given: unknown, path: string, ...texts: readonly string[]): string {
  const parsed = parsePath(path);
  if (!parsed.ok) throw new Error(parsed.error.reason);
  return wordIn(wordsGiven(given), parsed.value, ...texts);
}

describe("a write that mentions what a call was given", () => {
  it("is to a key that is one of the values, however deep these are", () => {
    const given = { order: { number: 7, coupon: "SUMMER", within: [{ id: "acc_1" }] } };
    expect(wordOf(given, "SUMMER.share")).toBe("SUMMER");
    expect(wordOf(given, "accounts.acc_1.balance")).toBe("acc_1");
    expect(wordOf(given, "orders[7]")).toBe("7");
  });

  it("or has one as a text, before or after", () => {
    expect(wordOf(["SUMMER"], "last", "", '{"coupon":"SUMMER"}')).toBe("SUMMER");
    expect(wordOf(["SUMMER"], "last", '"SUMMER"', '"SPRING"')).toBe("SUMMER");
  });

  it("is none by the name of a parameter, a part of a word, or a number that is merely a value", () => {
    expect(wordOf({ coupon: "X1" }, "coupon", '"X1"')).toBe("");
    expect(wordOf(["SUM"], "SUMMER", '"SUMMER"')).toBe("");
    expect(wordOf([7], "balance", "7", "17")).toBe("");
    expect(wordOf(undefined, "a", "")).toBe("");
  });
});
