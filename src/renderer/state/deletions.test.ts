import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { failed, ok } from "../../shared/base/result.js";
import { hindcastError } from "../../shared/protocol/errors.js";
import { testEngine } from "./engine.test-support.js";
import { Deletions } from "./deletions.svelte.js";
import { Toasts } from "./toasts.svelte.js";

const file = { path: "/a.hindcast", name: "a", modified: 5n };

describe("a recording that was deleted", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const setUp = (isInUse = false) => {
    const deleted: string[] = [];
    const engine = testEngine({
      "recents.delete": ({ path }) => {
        if (isInUse) return Promise.resolve(failed(hindcastError("recording-in-use", { path })));
        deleted.push(path);
        return Promise.resolve(ok({}));
      },
    });
    const toasts = new Toasts();
    return { deleted, toasts, deletions: new Deletions(engine.link.call, toasts) };
  };

  it("is out of sight at once, and its file goes when nobody can bring it back any more", async () => {
    const { deleted, deletions, toasts } = setUp();
    deletions.delete(file);
    deletions.delete(file);
    await vi.advanceTimersByTimeAsync(9900);
    expect([deletions.has(file), deleted, toasts.shown.map(({ message }) => message)]).toEqual([
      true,
      [],
      ["Deleted a."],
    ]);
    await vi.advanceTimersByTimeAsync(200);
    expect([deleted, toasts.shown]).toEqual([[], []]);
    await vi.advanceTimersByTimeAsync(1000);
    expect([deletions.has(file), deleted]).toEqual([true, [file.path]]);
    // Another recording has its name now.
    expect(deletions.has({ ...file, modified: 6n })).toBe(false);
  });

  it("is there again after an undo, and stays", async () => {
    const { deleted, deletions, toasts } = setUp();
    deletions.delete(file);
    toasts.shown[0]?.action?.run();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([deletions.has(file), deleted]).toEqual([false, []]);
  });

  it("is there again where it could not be deleted, and why is said", async () => {
    const { deletions, toasts } = setUp(true);
    deletions.delete(file);
    await vi.advanceTimersByTimeAsync(20_000);
    expect([deletions.has(file), toasts.shown.map(({ tone }) => tone)]).toEqual([false, ["critical"]]);
  });
});
