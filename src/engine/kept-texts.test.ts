import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mostKeptTexts } from "../shared/protocol/window-calls.js";
import { KeptTexts } from "./kept-texts.js";

describe("KeptTexts", () => {
  let folder = "";
  let path = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hindcast-kept-"));
    path = join(folder, "state", "window.json");
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is there for the next engine, and read by nobody else", async () => {
    const first = new KeptTexts(path);
    await Promise.all([first.keep("hindcast.theme", "light"), first.keep("hindcast.layout", "{}")]);
    const second = new KeptTexts(path);
    expect(await second.all()).toEqual({ "hindcast.theme": "light", "hindcast.layout": "{}" });
    if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it("answers with what was asked to be kept before", async () => {
    const kept = new KeptTexts(path);
    void kept.keep("hindcast.theme", "light");
    expect(await kept.all()).toEqual({ "hindcast.theme": "light" });
  });

  it("takes in what another engine kept meanwhile", async () => {
    const [one, other] = [new KeptTexts(path), new KeptTexts(path)];
    await one.keep("hindcast.theme", "light");
    await other.keep("hindcast.layout", "{}");
    await one.keep("hindcast.theme", undefined);
    expect(await other.all()).toEqual({ "hindcast.layout": "{}" });
  });

  it("begins anew where the file says nothing that makes sense", async () => {
    const kept = new KeptTexts(path);
    await kept.keep("hindcast.theme", "light");
    for (const text of ["", "[]", '{"hindcast.theme": 4}', "null"]) {
      await writeFile(path, text);
      expect(await kept.all()).toEqual({});
    }
    await kept.keep("hindcast.theme", "dark");
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual({ "hindcast.theme": "dark" });
  });

  it("keeps the newest of too many", async () => {
    const kept = new KeptTexts(path);
    for (let at = 0; at <= mostKeptTexts; at++) await kept.keep(`hindcast.${at}`, "");
    const keys = Object.keys(await kept.all());
    expect([keys.length, keys.includes("hindcast.0")]).toEqual([mostKeptTexts, false]);
  });

  it("says where it cannot be written", async () => {
    await writeFile(join(folder, "state"), "");
    expect(await new KeptTexts(path).keep("hindcast.theme", "light")).toMatchObject({
      ok: false,
      error: { code: "cannot-write", details: { path } },
    });
  });
});
