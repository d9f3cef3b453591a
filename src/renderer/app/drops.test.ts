import { describe, expect, it } from "vitest";
import { testEngine } from "../state/engine.test-support.js";
import { Drops } from "./drops.svelte.js";
import { Overlays } from "./overlays.svelte.js";
import { ok } from "../../shared/base/result.js";

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
  return { opened, overlays, drops: new Drops({ link, session, overlays, shell: undefined }) };
}

describe("Drops", () => {
  it("opens every file that was dropped, and asks where the first lies that nobody knows", async () => {
    const { drops, opened, overlays } = begin();
    await drops.openAll([
      { file: { name: "twice.hindcast", size: 9 }, path: "/told/by/the/desktop.hindcast" },
      // Two are called so.
      { file: { name: "b.hindcast", size: 7 } },
      { file: { name: "a.hindcast", size: 5 } },
      { file: { name: "c.hindcast", size: 1 } },
    ]);
    expect(opened).toEqual(["/told/by/the/desktop.hindcast", "/home/ann/a.hindcast"]);
    expect([drops.unplaced, overlays.shown]).toEqual(["b.hindcast", "open-file"]);
  });
});
