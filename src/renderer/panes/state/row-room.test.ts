import { expect, it } from "vitest";
import { fitsInRow, indentPx } from "./row-room.js";

it("takes for whole only what has room to spare, in letters of a known width", () => {
  const text = "x".repeat(20);
  expect([fitsInRow(text, 310), fitsInRow(text, 309), fitsInRow("値".repeat(5), 310), fitsInRow(text, 0)]).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

it("indents no deeper than thirty levels", () => {
  expect([indentPx(0), indentPx(2), indentPx(30), indentPx(99)]).toEqual([8, 36, 428, 428]);
});
