import { describe, expect, it } from "vitest";
import { summaryOf } from "./engine.test-support.js";
import { Watches, mostWatched, textOfWatched, watchedFromTexts } from "./watches.svelte.js";

const value = (path: string, process = 1) => ({ process, scope: "a.b & c", path });
const paths = (watches: Watches) => watches.all.map(({ path }) => path).join(" ");

function testStorage() {
  const items = new Map<string, string>();
  return {
    items,
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, text: string) => void items.set(key, text),
  };
}
const recordingAt = (path: string) => ({ summary: { ...summaryOf(10), path } });

describe("Watches", () => {
  it("keeps each value once, in order, for its recording", () => {
    const storage = testStorage();
    const watches = new Watches(recordingAt("/a"), storage);
    for (const path of ["x", "y", "x", '["z"][0]']) watches.watch(value(path));
    watches.unwatch(value("y"));
    watches.watch(value("x", 2));
    expect(paths(watches)).toBe('x ["z"][0] x');
    expect(new Watches(recordingAt("/a"), storage).all).toEqual(watches.all);
    expect(new Watches(recordingAt("/b"), storage).all).toEqual([]);
    watches.show([]);
    expect(new Watches(recordingAt("/a"), storage).all).toEqual([]);
  });

  it("watches no more than it can ask about", () => {
    const watches = new Watches(recordingAt("/a"));
    for (let at = 0; at < mostWatched + 3; at++) watches.watch(value(`v${at}`));
    expect([watches.all.length, watches.isFull]).toEqual([mostWatched, true]);
  });

  it("forgets recordings that were watched long ago", () => {
    const storage = testStorage();
    for (let at = 0; at < 60; at++) new Watches(recordingAt(`/${at}`), storage).watch(value("x"));
    expect(["/0", "/9", "/10", "/59"].map((path) => new Watches(recordingAt(path), storage).all.length)).toEqual([
      0, 0, 1, 1,
    ]);
  });

  it("reads what was stored with care", () => {
    for (const text of ["", "{", "7", '[["/a", 3], "x", [4]]', '[["/a", ["[1]", "x", 7]]]']) {
      const storage = testStorage();
      storage.items.set("hindcast.watches", text);
      expect(new Watches(recordingAt("/a"), storage).all).toEqual([]);
    }
    expect(watchedFromTexts([textOfWatched(value("p")), '[1.5,"s","p"]', undefined])).toEqual([value("p")]);
  });
});
