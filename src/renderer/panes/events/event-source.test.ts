import { describe, expect, it } from "vitest";
import { saidOf } from "./event-source.js";

describe("what the row of an event says", () => {
  it("is its label, then its attributes, without what only its details need", () => {
    const attributes = JSON.stringify({
      label: "oops",
      "exception.type": "TypeError",
      "exception.stacktrace": "at x",
      "hindcast.stack.missing": "over",
      "code.file.path": "a.js",
      n: 1,
    });
    expect(saidOf({ attributes })).toEqual({
      text: "oops",
      attributes: [
        { key: "exception.type", value: "TypeError" },
        { key: "n", value: "1" },
      ],
    });
    expect(saidOf({ attributes: "{}" })).toEqual({ text: "", attributes: [] });
  });
});
