// Functions of real code: what each shows of itself when its file was rewritten is, to the letter, what stands in the file.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ESTree, parse } from "meriyah";
import { describe, expect, it } from "vitest";
import { writtenText } from "../function-text.js";
import { forEachChild } from "./syntax.js";
import { transform } from "./transform.js";

const parseAs = (source: string, sourceType: "commonjs" | "module"): ESTree.Program =>
  parse(source, { sourceType, next: true, ranges: true, webcompat: true, validateRegex: false });

/** What `toString` gives, of every function and class in order: a method begins at its name, or at what stands before that. */
function functionTexts(source: string, format: "commonjs" | "module"): string[] {
  const texts: string[] = [];
  const visit = (node: ESTree.Node): void => {
    const { start = 0, end = 0 } = node;
    if (/^(?:Arrow)?Function|^Class(?!Body)/.test(node.type)) texts.push(source.slice(start, end));
    else if (node.type === "MethodDefinition" || (node.type === "Property" && node.value.type === "FunctionExpression"))
      texts.push(source.slice(start, end).replace(/^static\s+/, ""));
    forEachChild(node, visit);
  };
  visit(parseAs(source, format));
  return texts;
}

const formatOf = (source: string): "commonjs" | "module" | undefined =>
  (["commonjs", "module"] as const).find((format) => {
    try {
      return parseAs(source, format).body.length > 0;
    } catch {
      return false;
    }
  });

/** Functions that were compared, functions that were rewritten. */
function compared(file: string): readonly [all: number, changed: number] {
  const source = readFileSync(file, "utf8");
  const format = formatOf(source);
  if (format === undefined) return [0, 0];
  const result = transform(source, { format, file, standsAlone: false });
  if (result.kind !== "changed") return [0, 0];
  const rewritten = functionTexts(result.code, format);
  const shown = rewritten.map(writtenText);
  const written = functionTexts(source, format);
  expect(shown.length, file).toBe(written.length);
  shown.forEach((code, index) => code === written[index] || expect(code, file).toBe(written[index]));
  return [shown.length, rewritten.filter((code, index) => code !== shown[index]).length];
}

const maxBytes = 100_000;

function scriptsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.[cm]?js$/.test(name) && !/(?:^|[\\/])node_modules[\\/]/.test(name))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).size < maxBytes);
}

const library = (name: string): string => `node_modules/${name}`;
const folders = {
  libraries: ["express", "qs", "semver", "body-parser", "iconv-lite", "yaml", "postcss", "pino", "send"].map(library),
  "ES modules": ["magic-string", "zrender/lib", "svelte/src"].map(library),
  "this repository": ["test", "examples", "bench", "recordings"],
} as const;

describe("functions of rewritten files show what was written", () => {
  for (const [name, all] of Object.entries(folders)) {
    it(`in ${name}`, () => {
      let [functions, changed] = [0, 0];
      for (const file of all.flatMap(scriptsBelow)) {
        const counts = compared(file);
        functions += counts[0];
        changed += counts[1];
      }
      expect(functions).toBeGreaterThan(250);
      expect(changed).toBeGreaterThan(50);
    });
  }
});
