import { describe, expect, it } from "vitest";
import { withoutInsertions } from "../function-text.js";
import { SiteRegistry } from "./sites.js";
import { transform } from "./transform.js";
import { writtenPlaces } from "./written-places.js";

const file = "/app/a.js";

function rewritten(source: string, format: "commonjs" | "module" = "commonjs") {
  const result = transform(source, { format, file, standsAlone: false });
  if (result.kind !== "changed") throw new Error(`${result.kind}: ${source}`);
  const sites = new SiteRegistry(() => 0);
  const announced = /\.f\(("(?:[^"\\]|\\.)*"),("(?:[^"\\]|\\.)*")\)/.exec(result.code);
  sites.add(String(JSON.parse(announced?.[1] ?? "")), String(JSON.parse(announced?.[2] ?? "")));
  return { code: result.code, sites };
}

/** Without a table: what is left of a line up to a column when all that was inserted is taken out, one mark after the other. */
function slowColumns(line: string): (number | undefined)[] {
  const columns: (number | undefined)[] = Array.from(line, (_, at) => at + 1);
  const isOurs = Array.from(line, () => false);
  for (const { index, 0: mark, 1: closes, 2: length } of line.matchAll(/\/\*\$\$h(\+?)(\d+)\*\//g)) {
    const start = closes === "+" ? index : index - Number(length);
    isOurs.fill(true, start, start + mark.length + Number(length));
  }
  let ours = 0;
  return columns.map((_, at) => {
    if (isOurs[at] === true) ours++;
    return isOurs[at] === true ? undefined : at + 1 - ours;
  });
}

function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48271) % 2147483647) % below;
}

const statements = [
  "o.q = 5;",
  "  o.deep.er.n += f(1);",
  "throw new Error('x');",
  "o.list.push(1, g());",
  "if (a) { delete o.x; b(); }",
  "module.exports.f = function () { o.q = 1; return 2; };",
  "const h = (a) => (o.deep[a] = a);",
  "[o.a, o.b] = [o.b, 1];",
  "function k() { 'use strict'; o.x.y.z++; return missing; }",
  "// a comment",
  "",
  "\tfor (o.i of []) o.n = 1;",
  "assert(o.q = 1);",
];

describe("writtenColumn", () => {
  it.each([1, 2, 3, 4])("is what is left of the line without what was inserted (seed %i)", (seed) => {
    const next = random(seed);
    for (let round = 0; round < 50; round++) {
      const lines = Array.from({ length: 1 + next(12) }, () =>
        Array.from({ length: 1 + next(3) }, () => statements[next(statements.length)] ?? "").join(" "),
      );
      const source = ["o.first = 1; x();", ...lines].join("\n");
      const { code, sites } = rewritten(source);
      expect(withoutInsertions(code)).toBe(source);
      code.split("\n").forEach((line, at) => {
        const slow = slowColumns(line);
        const quick = slow.map((column, index) =>
          column === undefined ? undefined : sites.writtenColumn(file, at + 1, index + 1),
        );
        expect(quick).toEqual(slow);
      });
    }
  });

  it("is the place that something was inserted in front of, in the middle of that", () => {
    const { sites } = rewritten("let o = {};\n  o.q = 5; f();");
    expect(sites.writtenColumn(file, 2, 3)).toBe(3);
    expect(sites.writtenColumn(file, 2, 20)).toBe(3);
  });
});

describe("writtenPlaces", () => {
  const source = "const o = {};\no.q = 5; f();\n";
  const { code, sites } = rewritten(source);
  const { text, column, name } = writtenPlaces(sites);
  const at = (code.split("\n")[1] ?? "").indexOf("f();") + 1;

  it.each([
    [`f (${file}:2:${at})`, file, `f (${file}:2:10)`],
    [`${file}:2:${at}`, file, `${file}:2:10`],
    [`async f (file://${file}:2:${at})`, `file://${file}?v=1`, `async f (file://${file}:2:10)`],
    [
      `eval (eval at f (${file}:2:${at}), <anonymous>:1:1)`,
      undefined,
      `eval (eval at f (${file}:2:10), <anonymous>:1:1)`,
    ],
    [`$$hindcast.S.g (${file}:1:1)`, file, `g (${file}:1:1)`],
    [`f (/app/other.js:2:${at})`, "/app/other.js", `f (/app/other.js:2:${at})`],
    ["JSON.parse (<anonymous>)", undefined, "JSON.parse (<anonymous>)"],
  ])("%s", (seen, of, written) => {
    expect(text(seen, of)).toBe(written);
  });

  it("leaves columns of a file with a source map for what runs", () => {
    const map = Buffer.from(JSON.stringify({ version: 3, sources: ["a.ts"], names: [], mappings: "AAAA" }));
    const mapped = rewritten(`${source}//# sourceMappingURL=data:application/json;base64,${map.toString("base64")}`);
    expect(writtenPlaces(mapped.sites).column(file, 2, at)).toBe(at);
    expect([column(file, 2, at), column("/app/other.js", 2, at), column(file, null, null)]).toEqual([10, at, null]);
    expect([name("$$hindcast.s.o.q"), name(null)]).toEqual(["o.q", null]);
  });
});
