import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { mayBeginWithModule, mayLoadModules } from "./first-module.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-first-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(path: string, text: string): string {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
  return join(folder, path);
}

describe("mayBeginWithModule", () => {
  const plain = file("plain/app.js", "const a = require('./a');");
  file("plain/package.json", "{}");
  file("module/package.json", '{ "type": "module" }');
  file("commonjs/package.json", '{ "type": "commonjs", "main": "app.js" }');
  const may = (program: string | undefined, execArgv: string[] = [], options = ""): boolean =>
    mayBeginWithModule({
      argv: program === undefined ? ["node"] : ["node", program],
      execArgv,
      env: { NODE_OPTIONS: options },
    });

  it.each([
    ["CommonJS", plain],
    ["without its extension", join(folder, "plain/app")],
    ["by its folder", join(folder, "plain/../commonjs")],
    [".cjs in a package of modules", file("module/app.cjs", "")],
    ["in a package of CommonJS", file("commonjs/app.js", "exports.a = 1;")],
  ])("no: %s", (_what, program) => {
    expect(may(program)).toBe(false);
  });

  it.each([
    ["a module", file("plain/app.mjs", "")],
    ["in a package of modules", file("module/app.js", "")],
    ["below one", file("module/deep/app.js", "")],
    ["by its text", file("plain/module.js", 'import "./a.js";')],
    ["it imports", file("plain/imports.js", "import('./a.mjs')")],
    ["TypeScript", file("plain/app.ts", "")],
    ["not there", join(folder, "plain/none.js")],
    ["nothing", undefined],
    ["standard input", "-"],
  ])("yes: %s", (_what, program) => {
    expect(may(program)).toBe(true);
  });

  it("says yes to options that make something else of it, and no to others", () => {
    for (const option of [
      "-e",
      "-pe",
      "--eval",
      "--import",
      `--import=${plain}`,
      "--loader",
      "--experimental-loader=x",
      "--preserve-symlinks",
    ]) {
      expect([option, may(plain, [option])]).toEqual([option, true]);
      expect([option, may(plain, [], `--require "a b" ${option} x`)]).toEqual([option, true]);
    }
    // A file that is not there: Node says so, and ends.
    for (const option of ["--import=./none.mjs", "--import ./none.mjs"])
      expect([option, may(plain, option.split(" "), ""), may(plain, [], option)]).toEqual([option, false, false]);
    for (const option of ["--inspect=0", "-r", "--max-old-space-size=100", "--enable-source-maps"])
      expect([option, may(plain, [option])]).toEqual([option, false]);
  });
});

describe("mayLoadModules", () => {
  it.each([
    "import('./a.mjs')",
    "await import ( name )",
    "import/* webpackIgnore */(name)",
    "new Function('specifier', 'return import(specifier)')",
    "new Script(text, { importModuleDynamically })",
    "import a from 'a'",
    "'use strict';import{a}from'a'",
    "\n  export default 1",
    "/* licence */ export { a }",
    "function a(){}export{a}",
  ])("yes: %s", (text) => {
    expect(mayLoadModules(text, undefined)).toBe(true);
  });

  it.each(["exports.a = 1", "__importDefault(require('a'))", "important(a)", "module.exports = { export: 1 }", ""])(
    "no: %s",
    (text) => {
      expect(mayLoadModules(text, undefined)).toBe(false);
      expect(mayLoadModules(text, "module")).toBe(true);
    },
  );
});
