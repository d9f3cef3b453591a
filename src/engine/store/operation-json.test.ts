import { describe, expect, it } from "vitest";
import { type CapturedValue, type ObjectContents, objectId } from "../../shared/trace/value.js";
import {
  type SmallOperation,
  columnsFromOperation,
  contentsFromStored,
  contentsToJson,
  operationFromStored,
  valueToJson,
} from "./operation-json.js";
import { UnreadableStored, parseStored, valueFromStored } from "./value-json.js";

const valueFromJson = (json: string): CapturedValue => valueFromStored(parseStored(json));

const primitive = (value: string | number | boolean | bigint | null | undefined): CapturedValue => ({
  kind: "primitive",
  value,
});
const awkwardTexts = [
  "",
  "a",
  "$object",
  '"\\',
  "\u0000",
  "\ud800",
  "a\udc00b",
  "\ud83d\ude00",
  "\u2028",
  "__proto__",
  "\\ud800",
];

const values: readonly (readonly [CapturedValue, string])[] = [
  [primitive(5), "5"],
  [primitive(-0), '{"$number":"-0"}'],
  [primitive(NaN), '{"$number":"NaN"}'],
  [primitive(-Infinity), '{"$number":"-Infinity"}'],
  [primitive(5e-324), "5e-324"],
  [primitive("a"), '"a"'],
  [primitive("\ud800x"), '{"$utf16":[55296,120]}'],
  [primitive(null), "null"],
  [primitive(undefined), '{"$undefined":true}'],
  [primitive(true), "true"],
  [primitive(-12345678901234567890n), '{"$bigint":"-12345678901234567890"}'],
  [{ kind: "symbol", description: "s\udc00" }, '{"$symbol":{"$utf16":[115,56320]}}'],
  [{ kind: "object", id: objectId(17) }, '{"$object":17}'],
  [{ kind: "hole" }, '{"$hole":true}'],
  [{ kind: "cut", start: "abc", length: 1e6 }, '{"$cut":"abc","length":1000000}'],
  [{ kind: "unavailable", because: "getter", what: "get x()" }, '{"$unavailable":"getter","what":"get x()"}'],
];

describe("stored values", () => {
  it.each(values.map(([value, json]) => ({ value, json })))(
    "are written as $json and read back the same",
    ({ value, json }) => {
      expect(valueToJson(value)).toBe(json);
      expect(valueFromJson(json)).toStrictEqual(value);
    },
  );

  it("keep every text", () => {
    for (const text of awkwardTexts) expect(valueFromJson(valueToJson(primitive(text)))).toStrictEqual(primitive(text));
  });

  it.each(["", "{}", "[]", '{"$object":-1}', '{"$bigint":"x"}', '{"$utf16":5}', '{"$unavailable":"no","what":""}'])(
    "refuse %j",
    (json) => {
      expect(() => valueFromJson(json)).toThrow(UnreadableStored);
    },
  );
});

describe("stored operations", () => {
  const target = objectId(3);
  const operations: readonly SmallOperation[] = [
    ...awkwardTexts.map((key): SmallOperation => ({ kind: "set", target, key, value: primitive(key) })),
    { kind: "delete", target, key: "a.b" },
    {
      kind: "splice",
      target,
      start: 2,
      deleteCount: 0,
      elements: [primitive(-0), { kind: "hole" }, primitive(undefined)],
    },
    { kind: "map-set", target, key: primitive(NaN), value: { kind: "object", id: objectId(9) } },
    { kind: "map-delete", target, key: { kind: "object", id: objectId(9) } },
    { kind: "set-add", target, member: primitive(1n) },
    { kind: "set-delete", target, member: primitive("1") },
    { kind: "clear", target },
  ];

  it("are read back the same", () => {
    for (const operation of operations) {
      const [key, value] = Object.values(columnsFromOperation(operation)).map((json) => parseStored(json ?? "null"));
      expect(operationFromStored(operation.kind, target, key, value)).toStrictEqual(operation);
    }
  });
});

describe("stored contents", () => {
  const contents: readonly ObjectContents[] = [
    {
      kind: "object",
      className: "",
      entries: [
        ["2", primitive(1)],
        ["1", primitive(2)],
        ["__proto__", primitive(3)],
      ],
    },
    { kind: "error", className: "TypeError", entries: [["message", primitive("no")]] },
    { kind: "array", className: "Array", elements: [{ kind: "hole" }, primitive(1)], entries: [] },
    { kind: "array", className: "Rows", elements: [], entries: [["extra", primitive("\udfff")]] },
    {
      kind: "map",
      className: "Map",
      pairs: [
        [primitive(NaN), primitive(1)],
        [{ kind: "object", id: objectId(2) }, primitive(null)],
      ],
    },
    { kind: "set", className: "Set", members: [primitive(-1), primitive("x")] },
    { kind: "date", className: "Date", timeMs: NaN },
    { kind: "date", className: "Date", timeMs: 1.5 },
    { kind: "bytes", className: "Uint8Array", bytes: new Uint8Array([0, 255, 7]), length: 99 },
    { kind: "opaque", className: "Promise" },
  ];

  it("are read back the same", () => {
    for (const one of contents) expect(contentsFromStored(parseStored(contentsToJson(one)))).toStrictEqual(one);
  });
});
