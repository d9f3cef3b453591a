// What is done to listed recordings: only to those, and never to one that is in use.
import { copyFileSync, existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RecordingFile } from "../shared/protocol/recording-summary.js";
import { TestEngine } from "./engine.test-support.js";

const sample = fileURLToPath(new URL("../../recordings/ledger-pool-exhaustion.hindcast", import.meta.url));

describe("listed recordings", () => {
  let engine: TestEngine;
  let path: string;
  beforeEach(async () => {
    engine = new TestEngine();
    path = engine.path("one.hindcast");
    copyFileSync(sample, path);
    const { recordingId } = await engine.call("recording.open", { path });
    await engine.call("recording.close", { recordingId });
  });
  afterEach(() => engine.dispose());

  const listed = async (): Promise<readonly RecordingFile[]> =>
    (await engine.call("recordings.list", {})).filter(({ origin }) => origin === "recent");
  const codeOf = async (name: "recents.delete" | "recents.forget", at: string): Promise<string> => {
    const done = await engine.try(name, { path: at });
    return done.ok ? "ok" : done.error.code;
  };

  it("are renamed with what belongs to them, and keep what is said of them", async () => {
    writeFileSync(engine.path("one.hindcast.notes.jsonl"), "");
    await engine.call("recents.tag", { path, tags: [" slow ", "", "slow", "pool"] });
    const { path: renamed } = await engine.call("recents.rename", { path, name: "two" });
    expect(renamed).toBe(engine.path("two.hindcast"));
    expect([existsSync(path), existsSync(engine.path("two.hindcast.notes.jsonl"))]).toEqual([false, true]);
    expect(await listed()).toMatchObject([{ path: renamed, name: "two", tags: ["slow", "pool"] }]);
    for (const name of ["../three", "a/b", ".hidden", "  "])
      expect(await engine.try("recents.rename", { path: renamed, name })).toMatchObject({
        error: { code: "cannot-write" },
      });
    copyFileSync(sample, engine.path("there.hindcast"));
    expect(await engine.try("recents.rename", { path: renamed, name: "there" })).toMatchObject({
      error: { code: "file-exists" },
    });
  });

  it("are deleted only when they are listed, recordings, and not in use", async () => {
    const other = engine.path("other.hindcast");
    copyFileSync(sample, other);
    expect(await codeOf("recents.delete", other)).toBe("no-such-file");
    const { recordingId } = await engine.call("recording.open", { path });
    expect(await codeOf("recents.delete", path)).toBe("recording-in-use");
    expect(await engine.try("recents.rename", { path, name: "two" })).toMatchObject({
      error: { code: "recording-in-use" },
    });
    await engine.call("recording.close", { recordingId });
    expect(await codeOf("recents.forget", path)).toBe("ok");
    expect([await listed(), existsSync(path)]).toEqual([[], true]);
    const again = await engine.call("recording.open", { path });
    await engine.call("recording.close", again);
    expect(await codeOf("recents.delete", path)).toBe("ok");
    expect([await listed(), existsSync(path), existsSync(other)]).toEqual([[], false, true]);
  });
});
