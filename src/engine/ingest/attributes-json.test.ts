import { describe, expect, it } from "vitest";
import { attributesToJson } from "./attributes-json.js";

describe("attributesToJson", () => {
  it.each([
    [{ a: 1, b: [true, null, "x"], c: { d: "ü" } }, '{"a":1,"b":[true,null,"x"],"c":{"d":"ü"}}'],
    [{ smile: "\u{1f600}" }, '{"smile":"\u{1f600}"}'],
    [{ lone: "\ud800x" }, '{"lone":"\\ufffdx"}'],
    [{ written: "\\ud800", "k\udfff": "\\\udc00" }, '{"written":"\\\\ud800","k\\ufffd":"\\\\\\ufffd"}'],
  ])("%j", (attributes, json) => {
    expect(attributesToJson(attributes)).toBe(json);
  });
});
