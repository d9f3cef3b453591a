import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rewriterOf } from "./rewrite.js";
import { selectionOf } from "./selection.js";
import { SiteRegistry, tableOf } from "./sites.js";
import { originalPlaces, withMovedInlineMap } from "./source-map.js";

describe("selectionOf", () => {
  const cwd = join("/", "home", "my app");
  const selected = (
    settings: { include?: string[]; exclude?: string[]; writes?: boolean; calls?: boolean; state?: string[] },
    ...paths: string[]
  ) => {
    const isSelected = selectionOf({
      include: [],
      exclude: [],
      writes: true,
      calls: false,
      state: [],
      lines: undefined,
      cwd,
      ownFolder: "/opt/hindcast/out",
      ...settings,
    });
    return paths.filter((path) => isSelected(join(cwd, path)));
  };

  it("takes the program's own files and leaves its dependencies and the agent alone", () => {
    const paths = [
      "a.js",
      "src/b.ts",
      "../shared/c.js",
      "node_modules/x/i.js",
      "../../../opt/hindcast/out/api/index.cjs",
    ];
    expect(selected({}, ...paths)).toEqual(["a.js", "src/b.ts", "../shared/c.js"]);
    expect(selected({ writes: false }, ...paths)).toEqual([]);
    expect(selected({ writes: false, calls: true }, "a.js")).toEqual(["a.js"]);
    expect(selected({ writes: false, state: ["Cart"] }, "a.js")).toEqual(["a.js"]);
  });

  it("follows the globs of the settings", () => {
    expect(selected({ include: ["src"] }, "src/a.js", "lib/a.js")).toEqual(["src/a.js"]);
    expect(selected({ include: ["node_modules/x/**"] }, "node_modules/x/i.js", "a.js")).toEqual([
      "node_modules/x/i.js",
    ]);
    expect(selected({ exclude: ["**/*.{gen,min}.js"] }, "a.gen.js", "d/b.min.js", "c.js")).toEqual(["c.js"]);
    expect(selected({ include: ["src/*.js"] }, "src/a.js", "src/d/a.js", "src/aXjs")).toEqual(["src/a.js"]);
  });
});

describe("SiteRegistry", () => {
  it("finds the place of a site among those of all files, and asks for each place once", () => {
    const interned: string[] = [];
    const sites = new SiteRegistry((file, line, column, name) => interned.push(`${file}:${line}:${column} ${name}`));
    const at = (line: number, functionName: string, file?: string) => ({ line, column: 2, functionName, file });
    const first = sites.add("/a.js", tableOf([at(1, "f"), at(9, "")]));
    const second = sites.add("/b.js", tableOf([at(3, "g"), at(4, "f", "/src/b.ts")]));
    expect([second + 1, first + 1, first, second, second + 1].map(sites.locationOf)).toEqual([1, 2, 3, 4, 1]);
    expect(interned).toEqual(["/src/b.ts:4:2 f", "/a.js:9:2 ", "/a.js:1:2 f", "/b.js:3:2 g"]);
    expect([0, -1, 99, Number.NaN].map(sites.locationOf)).toEqual([0, 0, 0, 0]);
  });
});

describe("rewriterOf", () => {
  const rewriting = (isSelected = true) => {
    const unreadable: string[] = [];
    const rewrite = rewriterOf({
      isSelected: () => isSelected,
      standsAlone: false,
      noteUnreadable: (f) => unreadable.push(f),
    });
    return { rewrite, unreadable };
  };

  it("says which files it could not read, but not those that are no scripts or not yet", () => {
    const { rewrite, unreadable } = rewriting();
    expect(rewrite("a.b = = 1", "/broken.js", undefined)).toBeUndefined();
    expect(rewrite("import a from 'a'; a.b = 1", "/module.js", undefined)).toBeUndefined();
    expect(rewrite("const a: number = 1", "/typed.ts", "commonjs")).toBeUndefined();
    expect(unreadable).toEqual(["/broken.js"]);
  });

  it("leaves other formats and files not selected alone", () => {
    expect(rewriting().rewrite("a.b = 1", "/data.json", "json")).toBeUndefined();
    expect(rewriting(false).rewrite("a.b = 1", "/a.js", "commonjs")).toBeUndefined();
    expect(rewriting().rewrite("a.b = 1", "/a.js", "commonjs")?.source).toContain("a.b = 1");
  });
});

describe("source maps", () => {
  // Line 1: columns 0 → a.ts 1:0 and 8 → a.ts 2:4; line 3: column 2 → a.ts 5:0.
  const map = { version: 3, sources: ["a.ts"], names: [], mappings: "AACA,QACI;;EAGJ" };
  const inline = (raw: object): string =>
    `x\n\ny\n//# sourceMappingURL=data:application/json;base64,${Buffer.from(JSON.stringify(raw)).toString("base64")}`;
  const textOf = (source: string, ...places: readonly (readonly [number, number])[]) =>
    originalPlaces(
      source,
      "/d/a.js",
      places.map(([line, column]) => ({ line, column })),
    )?.map((place) => (place === undefined ? "nowhere" : `${place.file}:${place.line}:${place.column}`));

  it("tell where a place was written", () => {
    expect(textOf(inline(map), [0, 0], [0, 7], [0, 8], [0, 99], [1, 0], [2, 1], [2, 2], [7, 0])).toEqual(
      ["/d/a.ts:1:0", "/d/a.ts:1:0", "/d/a.ts:2:4", "/d/a.ts:2:4", "nowhere", "nowhere", "/d/a.ts:5:0"].map((text) =>
        join(text),
      ),
    );
    expect(textOf("x", [0, 0])).toBeUndefined();
    expect(textOf("x //# sourceMappingURL=data:application/json,nonsense", [0, 0])).toBeUndefined();
  });

  it("move along with what is inserted", () => {
    const source = inline(map);
    const insertions = [
      { line: 0, column: 4, length: 10 },
      { line: 2, column: 0, length: 3 },
      { line: 2, column: 2, length: 100 },
    ];
    const moved = withMovedInlineMap(source, source, insertions);
    expect(textOf(moved, [0, 0], [0, 17], [0, 18], [2, 104], [2, 105])).toEqual(
      ["/d/a.ts:1:0", "/d/a.ts:1:0", "/d/a.ts:2:4", "nowhere", "/d/a.ts:5:0"].map((text) => join(text)),
    );
  });
});
