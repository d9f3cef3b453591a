import { describe, expect, it } from "vitest";
import { sourceLanguage } from "./source-language.js";

function isUnderstood(file: string, text: string): boolean {
  let isWhole = true;
  sourceLanguage(file)
    .parser.parse(text)
    .iterate({
      enter: ({ type }) => {
        if (type.isError) isWhole = false;
      },
    });
  return isWhole;
}

const typed = "export const cents = (of: Money): number => <number>of.cents;";
const component = "const row = <Row key={1}>text</Row>;";

describe("sourceLanguage", () => {
  it.each(["a.ts", "a.mts", "a.cts", "dir.js/a.TS"])("reads types in %s", (file) => {
    expect(isUnderstood(file, typed)).toBe(true);
  });

  it.each(["a.js", "a.cjs", "a.mjs", "a"])("reads JavaScript without types in %s", (file) => {
    expect(
      isUnderstood(file, "class A { #b = 1; static { this.c = 2n ** 3n; } get d() { return this?.#b ?? 4; } }"),
    ).toBe(true);
    expect(isUnderstood(file, typed)).toBe(false);
  });

  it("reads components where they may stand", () => {
    expect(isUnderstood("a.jsx", component)).toBe(true);
    expect(isUnderstood("a.tsx", component)).toBe(true);
    expect(isUnderstood("a.tsx", "const id = (x: Money): Money => x;")).toBe(true);
    expect(isUnderstood("a.ts", component)).toBe(false);
  });
});
