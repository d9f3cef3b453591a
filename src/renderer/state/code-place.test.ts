import { describe, expect, it } from "vitest";
import { placeFromText, placeOfAttribute } from "./code-place.js";

describe("placeFromText", () => {
  it.each([
    ["    at debit (/srv/my shop/ledger.js:88:5)", { file: "/srv/my shop/ledger.js", line: 88, column: 5 }],
    ["Error: no\n    at /srv/a.js:1:2\n    at b (/srv/b.js:3:4)", { file: "/srv/a.js", line: 1, column: 2 }],
    ["at file:///srv/a.mjs:7:9", { file: "/srv/a.mjs", line: 7, column: 9 }],
    ["C:\\shop\\a.js:7", { file: "C:\\shop\\a.js", line: 7, column: 1 }],
    ["    at node:internal/timers:543:17", undefined],
    ["http://127.0.0.1:3000/x", undefined],
    ["no place", undefined],
  ])("%s", (text, place) => {
    expect(placeFromText(text)).toEqual(place);
  });
});

describe("placeOfAttribute", () => {
  it("takes line and column from the attributes beside it", () => {
    const all = [
      { key: "code.file.path", value: "/srv/a.js" },
      { key: "code.line.number", value: "12" },
      { key: "code.column.number", value: "3" },
    ];
    expect(all.map((one) => placeOfAttribute(one, all))).toEqual([
      { file: "/srv/a.js", line: 12, column: 3 },
      undefined,
      undefined,
    ]);
    expect(placeOfAttribute({ key: "code.file.path", value: "node:timers" }, [])).toBeUndefined();
    expect(placeOfAttribute({ key: "http.route", value: "/srv/a.js:1" }, [])).toBeUndefined();
  });
});
