import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Module, createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { Guest, saveOriginals } from "./guest.js";
import { ModuleWatch, type OnModule } from "./modules.js";

const root = realpathSync(mkdtempSync(join(tmpdir(), "hindcast-modules-")));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
let app = "";
let guest = new Guest(saveOriginals());
let onModule: OnModule = () => () => undefined;
const releases: (() => void)[] = [];
afterEach(() => {
  for (const release of releases.splice(0).reverse()) release();
  const { cache } = createRequire(import.meta.url);
  for (const file of Object.keys(cache)) if (file.startsWith(root)) Reflect.deleteProperty(cache, file);
});
beforeEach(() => {
  app = join(root, `app${++folders}`);
  guest = new Guest(saveOriginals());
  const watch = new ModuleWatch(guest);
  onModule = (...given) => {
    const release = watch.onModule(...given);
    releases.push(release);
    return release;
  };
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(app, file)), { recursive: true });
  writeFileSync(join(app, file), text);
}

const hello = "module.exports = { hello: () => 'plain' };";
const requireFrom = (folder = ""): NodeJS.Require => createRequire(join(app, folder, "app.js"));
const answer = (exports: unknown): unknown => {
  const found: unknown = typeof exports === "object" && exports !== null ? Reflect.get(exports, "hello") : undefined;
  return typeof found === "function" ? Reflect.apply(found, undefined, []) : undefined;
};

/** Lets `hello` say who patched it; what it was told of. */
function patching(name: string): { readonly seen: string[]; readonly release: () => void } {
  const seen: string[] = [];
  const release = onModule(guest, name, (exports, { version, folder }) => {
    const earlier: unknown = Reflect.get(exports, "hello");
    seen.push(`${version} ${folder.slice(app.length + 1)}`);
    Reflect.set(exports, "hello", () => `patched ${version}`);
    return () => void Reflect.set(exports, "hello", earlier);
  });
  return { seen, release };
}

describe("onModule", () => {
  it("is told of the main module of a package, whatever that is called, before anybody has it", () => {
    write("node_modules/a/package.json", '{ "version": "1.2.3", "main": "./lib" }');
    write("node_modules/a/lib/index.js", hello);
    write("node_modules/@b/b/package.json", '{ "version": "2.0.0", "exports": { ".": { "require": "./x.cjs" } } }');
    write("node_modules/@b/b/x.cjs", hello);
    write("node_modules/c/index.js", hello);
    const seen = ["a", "@b/b", "c"].map((name) => patching(name).seen);
    expect(["a", "@b/b", "c"].map((name) => answer(requireFrom()(name)))).toEqual([
      "patched 1.2.3",
      "patched 2.0.0",
      "patched ",
    ]);
    expect(seen).toEqual([["1.2.3 node_modules/a"], ["2.0.0 node_modules/@b/b"], [" node_modules/c"]]);
  });

  it("is told of one file of a package, and not of others", () => {
    write("node_modules/a/index.js", "exports.inner = require('./lib/inner.js'); exports.hello = () => 'plain';");
    write("node_modules/a/lib/inner.js", hello);
    const { seen } = patching("a/lib/inner.js");
    const loaded: unknown = requireFrom()("a");
    expect([answer(loaded), answer(Reflect.get(Object(loaded), "inner")), seen.length]).toEqual([
      "plain",
      "patched ",
      1,
    ]);
  });

  it("is told of each copy once, also of those behind links as pnpm makes them", () => {
    for (const version of ["1.0.0", "2.0.0"]) {
      const own = `node_modules/.pnpm/a@${version}/node_modules/a`;
      write(`${own}/package.json`, `{ "version": "${version}" }`);
      write(`${own}/index.js`, "const util = require('util'); exports.hello = () => 'plain';");
    }
    write("service/node_modules/own.txt", "");
    symlinkSync(join(app, "node_modules/.pnpm/a@1.0.0/node_modules/a"), join(app, "node_modules/a"), "junction");
    symlinkSync(
      join(app, "node_modules/.pnpm/a@2.0.0/node_modules/a"),
      join(app, "service/node_modules/a"),
      "junction",
    );
    const { seen } = patching("a");
    const answers = [requireFrom(), requireFrom("service"), requireFrom()].map((load) => answer(load("a")));
    expect(answers).toEqual(["patched 1.0.0", "patched 2.0.0", "patched 1.0.0"]);
    expect(seen.map((text) => text.split(" ")[0])).toEqual(["1.0.0", "2.0.0"]);
  });

  it("is told of what was loaded before, and when what is being loaded now is done", () => {
    write("node_modules/a/index.js", hello);
    write("node_modules/b/index.js", "globalThis.duringLoad(); exports.hello = () => 'plain';");
    const a: unknown = requireFrom()("a");
    const told: string[][] = [];
    const during = (): void => void told.push(patching("b").seen, [...patching("b").seen]);
    Reflect.set(globalThis, "duringLoad", during);
    const b: unknown = requireFrom()("b");
    Reflect.deleteProperty(globalThis, "duringLoad");
    expect(patching("a").seen).toEqual([" node_modules/a"]);
    expect([answer(a), answer(b), told]).toEqual(["patched ", "patched ", [[" node_modules/b"], []]]);
  });

  it("is told of what was loaded before by who is a guest already, as a probe that is being installed", () => {
    write("node_modules/a/index.js", hello);
    const exports: unknown = requireFrom()("a");
    guest.runAsGuest(() => patching("a"), undefined);
    expect(answer(exports)).toBe("patched ");
  });

  it("is told again when a package was forgotten and loaded anew", () => {
    write("node_modules/a/index.js", hello);
    const { seen } = patching("a");
    const load = requireFrom();
    const first: unknown = load("a");
    Reflect.deleteProperty(load.cache, load.resolve("a"));
    const second: unknown = load("a");
    expect(first).not.toBe(second);
    expect([answer(first), answer(second), seen.length]).toEqual(["patched ", "patched ", 2]);
  });

  it("loads nothing that is only looked for, and leaves no trace in the cache", () => {
    write("node_modules/a/index.js", `globalThis.wasLoaded = true; ${hello}`);
    const { seen } = patching("a");
    const load = requireFrom();
    const file = load.resolve("a");
    expect([file in load.cache, "wasLoaded" in globalThis, seen]).toEqual([false, false, []]);
    load("a");
    const property = Object.getOwnPropertyDescriptor(load.cache[file], "loaded");
    expect(property).toEqual({ value: true, writable: true, enumerable: true, configurable: true });
    expect(Reflect.deleteProperty(globalThis, "wasLoaded")).toBe(true);
  });

  it("does not show in the stack of a module that throws while it is being loaded, which can be tried again", () => {
    write("node_modules/a/index.js", "require('./inner.js');");
    write("node_modules/a/inner.js", "if (!globalThis.isMended) throw new Error('broken'); module.exports = {};");
    const stack = (): string => {
      try {
        requireFrom()("a");
        return "loaded";
      } catch (error) {
        return error instanceof Error ? String(error.stack) : "";
      }
    };
    const plain = stack();
    const { seen } = patching("a");
    expect(stack()).toBe(plain);
    expect(plain).toContain("inner.js:1");
    expect(seen).toEqual([]);
    Reflect.set(globalThis, "isMended", true);
    expect([stack(), seen.length]).toEqual(["loaded", 1]);
    Reflect.deleteProperty(globalThis, "isMended");
  });

  it("keeps a patch that throws to itself", () => {
    write("node_modules/a/index.js", hello);
    onModule(guest, "a", () => {
      throw new Error("ours");
    });
    const { seen } = patching("a");
    expect([answer(requireFrom()("a")), seen.length, guest.faults]).toEqual(["patched ", 1, 1]);
  });

  it("puts everything back when nobody wants to be told any more", () => {
    write("node_modules/a/index.js", hello);
    write("node_modules/b/index.js", hello);
    const looks = () => Object.getOwnPropertyDescriptors(Module);
    const before = looks();
    const [a, b] = [patching("a"), patching("b")];
    const loaded: unknown = requireFrom()("a");
    expect(looks()).not.toEqual(before);
    a.release();
    expect(answer(loaded)).toBe("plain");
    expect(answer(requireFrom()("b"))).toBe("patched ");
    b.release();
    expect(looks()).toEqual(before);
    expect(answer(requireFrom()("b"))).toBe("plain");
  });
});
