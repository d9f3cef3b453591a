import { describe, expect, it } from "vitest";
import { environmentFrom, textFromEnvironment } from "./environment-text.js";

describe("environmentFrom", () => {
  it("reads a name and a value from each line, as it stands", () => {
    expect(environmentFrom("PORT=3000\n\n# a comment\nexport URL=http://a/?b=c d\nEMPTY=")).toEqual({
      variables: [
        { name: "PORT", value: "3000" },
        { name: "URL", value: "http://a/?b=c d" },
        { name: "EMPTY", value: "" },
      ],
      problem: undefined,
    });
  });

  it("says what is no variable, and what has to be typed again", () => {
    expect(environmentFrom("=3").problem).toBe("“=3” is no NAME=value.");
    expect(environmentFrom("two words").problem).toBe("“two words” is no NAME=value.");
    expect(environmentFrom(textFromEnvironment([{ name: "A", value: "1" }, { name: "TOKEN" }]))).toEqual({
      variables: [{ name: "A", value: "1" }, { name: "TOKEN" }],
      problem: "TOKEN has no value: what looks like a secret is not saved. Type it again.",
    });
  });
});
