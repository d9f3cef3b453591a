import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { inBatches } from "./in-batches.js";

const typed = () => {
  const keyboard = new PassThrough();
  return { keyboard, batches: inBatches(keyboard) };
};

describe("lines in batches", () => {
  it("come together when they were written together, and none waits for a later one", async () => {
    const { keyboard, batches } = typed();
    const first = batches.next();
    keyboard.write("a\nb\n\nc\nbegun");
    expect((await first).value).toEqual(["a", "b", "", "c"]);
    const second = batches.next();
    keyboard.write(" and ended\n");
    expect((await second).value).toEqual(["begun and ended"]);
    keyboard.end("last");
    expect((await batches.next()).value).toEqual(["last"]);
    expect(await batches.next()).toEqual({ done: true, value: undefined });
  });

  it("stop being read when they are left", async () => {
    const { keyboard, batches } = typed();
    const first = batches.next();
    keyboard.write("a\n");
    expect((await first).value).toEqual(["a"]);
    await batches.return(undefined);
    expect(keyboard.isPaused()).toBe(true);
  });

  it("end in the error that ended them, after what came before it", async () => {
    const { keyboard, batches } = typed();
    const first = batches.next();
    keyboard.write("a\n");
    expect((await first).value).toEqual(["a"]);
    const second = batches.next();
    keyboard.destroy(new Error("gone"));
    await expect(second).rejects.toThrow("gone");
  });
});
