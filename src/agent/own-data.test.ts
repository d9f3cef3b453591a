import { describe, expect, it } from "vitest";
import { isError } from "./own-data.js";

const hidden = (value: unknown) => ({ value, enumerable: false });

describe("isError", () => {
  it("knows errors, and copies of errors that came from another thread", () => {
    const copy: unknown = Object.create(TypeError.prototype, { message: hidden("m"), stack: hidden("TypeError: m") });
    expect([new RangeError("m"), copy].map(isError)).toEqual([true, true]);
  });

  it("does not take data about an error, a proxy or a getter for one", () => {
    const getter: unknown = Object.create(Error.prototype, { message: hidden("m"), stack: { get: () => "ran" } });
    const pretender: unknown = new Proxy(new Error("m"), {});
    expect([{ message: "m", stack: "s" }, getter, pretender, "text", null].map(isError)).toEqual(Array(5).fill(false));
  });
});
