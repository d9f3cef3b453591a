import { describe, expect, it } from "vitest";
import { RandomRecords } from "../../shared/protocol/random-records.test-support.js";
import type { Attributes } from "../../shared/trace/attributes.js";
import { attributesToJson, mergedJson } from "./attributes-json.js";

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

describe("mergedJson", () => {
  const merged = (before: Attributes, later: Attributes): string =>
    mergedJson(attributesToJson(before), attributesToJson(later));

  it.each<readonly [before: Attributes, later: Attributes, json: string]>([
    [{}, { a: 1 }, '{"a":1}'],
    [{ a: 1 }, {}, '{"a":1}'],
    [{ a: 1 }, { b: "x" }, '{"a":1,"b":"x"}'],
    [{ a: 1, b: 2 }, { a: 3 }, '{"a":3,"b":2}'],
    [{ a: 1 }, { 0: "first" }, '{"0":"first","a":1}'],
    [{ a: { b: 1 } }, { b: 2 }, '{"a":{"b":1},"b":2}'],
    [{ a: '"b":' }, { b: 2 }, '{"a":"\\"b\\":","b":2}'],
    [{ "k\ud800": 1 }, { "k\ufffd": 2 }, '{"k\ufffd":2}'],
  ])("%j and %j", (before, later, json) => {
    expect(merged(before, later)).toBe(json);
  });

  it("is what one object of all of them is", () => {
    const random = new RandomRecords(11);
    const keys = ["a", "b", "ab", '"', "\\", "1", "é", "__proto__x", "\n"] as const;
    const some = (): Attributes =>
      Object.fromEntries(
        random.list(() => [random.one(keys), random.one<Attributes[string]>([1, "a", '"b":', { a: 1, "1": [] }])]),
      );
    for (let round = 0; round < 2000; round++) {
      const [before, later] = [some(), some()];
      expect(merged(before, later)).toBe(attributesToJson({ ...before, ...later }));
    }
  });
});
