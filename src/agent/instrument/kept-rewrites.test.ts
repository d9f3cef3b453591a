import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { KeptRewrites } from "./kept-rewrites.js";
import { type Rewrite, rewriterOf } from "./rewrite.js";
import type { Told } from "./write-sites.js";

/** What the keeper does, in memory. */
class Memory {
  readonly texts = new Map<string, string>();
  found = 0;
  nameOf(texts: readonly string[]): string {
    return texts.join("\0");
  }
  textOf(name: string): string | undefined {
    const text = this.texts.get(name);
    if (text !== undefined) this.found++;
    return text;
  }
  keepText(name: string, text: string): void {
    this.texts.set(name, text);
  }
}

function rewriterWith(memory: Memory, unreadable: string[] = [], told?: Told): Rewrite {
  const noteUnreadable = (file: string): void => void unreadable.push(file);
  return rewriterOf({
    isSelected: (path) => !path.includes("other"),
    standsAlone: false,
    noteUnreadable,
    kept: new KeptRewrites(memory),
    ...(told && { told }),
  });
}

const anew = rewriterOf({ isSelected: () => true, standsAlone: false, noteUnreadable: () => undefined });

describe("a file that was rewritten before", () => {
  it.each([
    ["CommonJS", "exports.a = 1;", undefined],
    ["a module", "export const a = {}; a.b = 1;", "module"],
    ["nothing to rewrite", "let a = 1;", "commonjs"],
  ])("is not read again: %s", (_what, source, format) => {
    const memory = new Memory();
    const rewrite = rewriterWith(memory);
    const first = rewrite(source, "/a.js", format);
    expect(first).toEqual(anew(source, "/a.js", format));
    expect([memory.found, memory.texts.size]).toEqual([0, 1]);
    expect(rewriterWith(memory)(source, "/a.js", format)).toEqual(first);
    expect(memory.found).toBe(1);
  });

  it("is another one when its text, path or format differs", () => {
    const memory = new Memory();
    const rewrite = rewriterWith(memory);
    rewrite("a.b = 1", "/a.js", undefined);
    for (const [source, path, format] of [
      ["a.b = 2", "/a.js", undefined],
      ["a.b = 1", "/b.js", undefined],
      ["a.b = 1", "/a.js", "module"],
    ] as const)
      expect(rewrite(source, path, format)).toEqual(anew(source, path, format));
    expect([memory.found, memory.texts.size]).toEqual([0, 4]);
  });

  it("is another one when something else is told of", () => {
    const memory = new Memory();
    const ways: readonly Told[] = [
      { writes: true, calls: false },
      { writes: true, calls: true },
      { writes: true, calls: false, state: ["a"] },
      { writes: true, calls: false, state: ["b"] },
    ];
    const texts = ways.map(
      (told) => rewriterWith(memory, [], told)("let a = 1, b = () => (a.c = 2);", "/a.js", undefined)?.source,
    );
    expect(new Set(texts).size).toBe(4);
    expect(memory.found).toBe(0);
  });

  it("is another one when its source map is", () => {
    const folder = mkdtempSync(join(tmpdir(), "hindcast-maps-"));
    try {
      const [memory, map] = [new Memory(), join(folder, "a.js.map")];
      const rewrite = rewriterWith(memory);
      const load = () => rewrite("a.b = 1\n//# sourceMappingURL=a.js.map", join(folder, "a.js"), undefined);
      load();
      expect(memory.texts.size).toBe(0); // nobody knows when it comes
      writeFileSync(map, "{}");
      load();
      load();
      utimesSync(map, 1, 1);
      load();
      expect([memory.found, memory.texts.size]).toEqual([1, 2]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("is told of each time when it cannot be read, and left alone when it is not selected", () => {
    const [memory, unreadable]: [Memory, string[]] = [new Memory(), []];
    const rewrite = rewriterWith(memory, unreadable);
    expect([rewrite("a.b = = 1", "/a.js", undefined), rewrite("a.b = = 1", "/a.js", undefined)]).toEqual([
      undefined,
      undefined,
    ]);
    expect(rewrite("a.b = 1", "/other.js", undefined)).toBeUndefined();
    expect([unreadable, memory.texts.size]).toEqual([["/a.js", "/a.js"], 0]);
  });
});
