import { describe, expect, it } from "vitest";
import { needlesFrom } from "./search-text.js";

describe("needlesFrom", () => {
  it.each([
    ["timeout  order", ["timeout", "order"]],
    ['"two words" three', ["two words", "three"]],
    ['say "he said \\"no\\" \\\\ twice"', ["say", 'he said "no" \\ twice']],
    ['never "closed again', ["never", "closed again"]],
    ['5"disk a"b c"', ['5"disk', 'a"b', 'c"']],
    ['C:\\temp\\new "C:\\temp"', ["C:\\temp\\new", "C:\\temp"]],
    ["twice twice", ["twice"]],
    [' \t\n"" ', []],
    ['"', []],
    ['"\\', ["\\"]],
  ])("reads %j", (text, needles) => {
    expect(needlesFrom(text)).toEqual(needles);
  });
});
