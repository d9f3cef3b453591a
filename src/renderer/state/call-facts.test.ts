import { describe, expect, it } from "vitest";
import { callFactsFrom, callText, givenText } from "./call-facts.js";

const text = (attributes: object, hasFailed = false): string =>
  callText("debit", callFactsFrom(JSON.stringify(attributes), hasFailed));

describe("what is said of a call", () => {
  it("is what it was given and what it returned", () => {
    const attributes = { "hindcast.call.arguments": { id: "a", cents: 5 }, "hindcast.call.result": { left: 3 } };
    expect(text(attributes)).toBe('debit(id: "a", cents: 5) = {"left":3}');
    expect(text({ "hindcast.call.result": null })).toBe("debit() = null");
    expect(text({})).toBe("debit()");
  });

  it("is what it threw, as far as that is known, and not a result", () => {
    const thrown = { "exception.type": "RangeError", "exception.message": "too much", "hindcast.call.result": 1 };
    expect(text(thrown, true)).toBe("debit() threw RangeError: too much");
    expect(text({ "error.type": "TypeError" }, true)).toBe("debit() threw TypeError");
    expect(text({}, true)).toBe("debit() threw an error");
  });

  it("says what is not there rather than nothing of what cannot be read", () => {
    expect(callFactsFrom("{", false)).toEqual({ given: [], outcome: { kind: "nothing" }, isLeft: false });
    expect(callFactsFrom('{"hindcast.call.left":"waiting"}', false).isLeft).toBe(true);
    expect(givenText(callFactsFrom('{"hindcast.call.arguments":[1]}', false))).toBe("0: 1");
  });
});
