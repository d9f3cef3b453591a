import { describe, expect, it } from "vitest";
import { testEngine } from "../state/engine.test-support.js";
import { Drops } from "./drops.svelte.js";
import { Overlays } from "./overlays.svelte.js";
import { ok } from "../../shared/base/result.js";
import { Toasts } from "../state/toasts.svelte.js";

const listedOf = (path: string, sizeBytes: number) => ({
  path,
  name: "a",
  origin: "recent" as const,
  sizeBytes,
  modified: 1n,
  facts: undefined,
});

function begin() {
  const opened: string[] = [];
  const session = {
    openText: (text: string) => {
      opened.push(text);
      return Promise.resolve();
    },
  };
  const overlays = new Overlays();
  const files = [listedOf("/home/ann/a.hindcast", 5), listedOf("/x/b.hindcast", 7), listedOf("/y/b.hindcast", 7)];
  const { link } = testEngine({ "recordings.list": () => Promise.resolve(ok(files)) });
  const toasts = new Toasts();
  return { opened, overlays, toasts, drops: new Drops({ link, session, overlays, toasts, shell: undefined }) };
}

/** Of so many bytes, with the mark of a database in its head unless another text stands there. */
const fileOf = (name: string, size: number, head = "DUCK") => {
  const bytes = new Uint8Array(Math.max(size, 12));
  bytes.set(new TextEncoder().encode(head), 8);
  return { name, size, slice: (from?: number, to?: number) => new Blob([bytes]).slice(from, to) };
};

describe("Drops", () => {
  it("opens every file that was dropped, and asks where the first lies that nobody knows", async () => {
    const { drops, opened, overlays } = begin();
    await drops.openAll([
      { file: fileOf("twice.hindcast", 9), path: "/told/by/the/desktop.hindcast" },
      // Two are called so.
      { file: fileOf("b.hindcast", 7) },
      { file: fileOf("a.hindcast", 5) },
      { file: fileOf("c.hindcast", 1) },
    ]);
    expect(opened).toEqual(["/told/by/the/desktop.hindcast", "/home/ann/a.hindcast"]);
    expect([drops.unplaced, overlays.shown]).toEqual(["b.hindcast", "open-file"]);
  });

  it("says of what is no recording what it is, and asks for no path", async () => {
    const { drops, opened, overlays, toasts } = begin();
    await drops.openAll([
      { file: fileOf("notes.txt", 40, "text") },
      { file: fileOf("recordings", 4096), isFolder: true },
    ]);
    expect([opened, drops.unplaced, overlays.shown]).toEqual([[], undefined, undefined]);
    expect(toasts.shown.map(({ message }) => message)).toEqual([
      "notes.txt is not a Hindcast recording.",
      "recordings is a folder; a recording is one file.",
    ]);
    expect(toasts.shown.every(({ next }) => next !== undefined && next !== "")).toBe(true);
  });
});
