import { describe, expect, it } from "vitest";
import { partsMatching } from "./text-matches.js";

/** `[x]` is a part that matches. */
const shown = (text: string, wanted: string): string =>
  partsMatching(text, wanted)
    .map((part) => (part.isMatch ? `[${part.text}]` : part.text))
    .join("|");

describe("partsMatching", () => {
  it("tells every occurrence apart, whatever its case", () => {
    expect([shown("Order order_7", "ORDER"), shown("aaa", "aa"), shown("a", "a")]).toEqual([
      "[Order]| |[order]|_7",
      "[aa]|a",
      "[a]",
    ]);
  });

  it("leaves a text whole in which there is none, or of which the places are not known", () => {
    expect([shown("order", ""), shown("order", "x"), shown("", "x"), shown("\u0130 order", "order")]).toEqual([
      "order",
      "order",
      "",
      "\u0130 order",
    ]);
  });
});
