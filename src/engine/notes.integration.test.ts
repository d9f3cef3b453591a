// Notes of recordings that agents made over real sockets: where they are kept, who else may hold the file, what leaves with it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CallResult } from "../shared/protocol/engine-calls.js";
import type { RecordingSummary } from "../shared/protocol/recording-summary.js";
import { TestEngine } from "./engine.test-support.js";
import { RecordMaker, SocketAgent, helloOf } from "./socket-agent.test-support.js";
import { runSql } from "./store/run-sql.test-support.js";

type Note = CallResult<"notes.list">["notes"][number];

describe("notes", () => {
  let engine: TestEngine;
  let live: RecordingSummary;
  let holder: ChildProcess | undefined;
  beforeEach(async () => {
    engine = new TestEngine(20);
    const { summary, socketPath, token } = await engine.record();
    const agent = await SocketAgent.greet(socketPath, helloOf({ token }));
    const maker = new RecordMaker();
    agent.batch(1, [maker.make({ kind: "log", severity: 9, span: 0, source: 0, body: "x", attributes: {} })]);
    await agent.acknowledged(1);
    live = await engine.call("recording.summary", summary);
  });
  afterEach(async () => {
    holder?.kill("SIGKILL");
    holder = undefined;
    await engine.dispose();
  });

  const put = async (recordingId: string, text: string, at = 0n, to?: bigint): Promise<Note> => {
    const from = live.start + at;
    const note = { from, ...(to === undefined ? {} : { to: live.start + to }), text, label: "cause" as const };
    return (await engine.call("notes.put", { recordingId, note })).note;
  };
  const list = async (recordingId: string): Promise<readonly Note[]> =>
    (await engine.call("notes.list", { recordingId })).notes;
  const saved = async (): Promise<string> => {
    await engine.call("recording.stop", { recordingId: live.recordingId });
    return live.recordingId;
  };
  const beside = (): string => join(engine.folder, "test.hindcast.notes.jsonl");
  const inFile = (path: string): Promise<unknown> =>
    runSql(`ATTACH '${path}' AS kept (READ_ONLY); USE kept; SELECT text FROM notes ORDER BY time`);
  /** A reader of the file in a process of its own. */
  const holdOpen = async (path: string): Promise<void> => {
    const script = `const { DuckDBInstance } = await import(${JSON.stringify(import.meta.resolve("@duckdb/node-api"))});
      globalThis.held = await DuckDBInstance.create(process.argv[1], { access_mode: "READ_ONLY" });
      console.log("held"); setInterval(() => undefined, 1000);`;
    holder = spawn(process.execPath, ["--input-type=module", "-e", script, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (holder.stdout !== null) await once(holder.stdout, "data");
  };
  /** The file is free once it is gone. */
  const letGo = async (): Promise<void> => {
    if (holder === undefined) throw new Error("nobody holds it");
    const gone = once(holder, "exit");
    holder.kill("SIGKILL");
    await gone;
  };

  it("of a live recording are in its file at once, by the user's name, and stay as it is saved", async () => {
    const { recordingId } = live;
    const note = await put(recordingId, "it begins here");
    expect(note).toMatchObject({ from: live.start, text: "it begins here", label: "cause" });
    expect(note.author).toBe((await engine.call("notes.list", { recordingId })).author);
    expect(existsSync(beside())).toBe(false);
    const later = await put(recordingId, "and goes on", 5n, 9n);
    expect(engine.notices.filter(({ kind }) => kind === "notes-changed")).toHaveLength(2);
    expect(await list(recordingId)).toEqual([note, later]);
    await saved();
    expect(await list(recordingId)).toEqual([note, later]);
    await engine.call("recording.close", { recordingId });
    expect(await inFile(live.path)).toEqual([{ text: "it begins here" }, { text: "and goes on" }]);
  });

  it("of a saved recording go into its file by themselves while it is open, and are changed, removed and brought back", async () => {
    const recordingId = await saved();
    const note = await put(recordingId, "first");
    await expect.poll(() => existsSync(beside()), { timeout: 20_000 }).toBe(false);
    const changed = await engine.call("notes.put", {
      recordingId,
      note: { ...note, text: "second", author: "somebody" },
    });
    expect(changed.note).toMatchObject({ id: note.id, created: note.created, author: "somebody" });
    expect((await engine.call("notes.remove", { recordingId, id: note.id })).left).toBe(0);
    expect(await engine.try("notes.remove", { recordingId, id: note.id })).toMatchObject({
      error: { code: "bad-note" },
    });
    expect(await list(recordingId)).toEqual([]);
    const again = await engine.call("notes.put", { recordingId, note: changed.note });
    expect(again.note).toMatchObject({ id: note.id, created: note.created, text: "second" });
    // Questions are answered before, meanwhile and afterwards.
    for (let round = 0; round < 20; round++)
      expect((await engine.call("logs.page", { recordingId, first: 0, limit: 5 })).total).toBe(1);
    await engine.call("recording.close", { recordingId });
    expect(existsSync(beside())).toBe(false);
    expect(await inFile(live.path)).toEqual([{ text: "second" }]);
  });

  it("are kept beside a file that another program holds, said so, and are in it once it is free", async () => {
    const path = engine.path("held.hindcast");
    await saved();
    copyFileSync(live.path, path);
    await holdOpen(path);
    const { recordingId } = await engine.call("recording.open", { path });
    await put(recordingId, "meanwhile");
    const aside = async () => (await engine.call("notes.list", { recordingId })).aside;
    await expect.poll(aside, { timeout: 20_000 }).toEqual({
      path: engine.path("held.hindcast.notes.jsonl"),
      reason: "another program has it open",
    });
    // A line that was cut off by a crash, and somebody else's.
    appendFileSync(engine.path("held.hindcast.notes.jsonl"), '{"put":{"id":"cu');
    await put(recordingId, "and once more", 4n);
    await engine.call("recording.close", { recordingId });
    expect(existsSync(engine.path("held.hindcast.notes.jsonl"))).toBe(true);
    await letGo();
    const again = await engine.call("recording.open", { path });
    expect((await list(again.recordingId)).map(({ text }) => text)).toEqual(["meanwhile", "and once more"]);
    await engine.call("recording.close", { recordingId: again.recordingId });
    expect(existsSync(engine.path("held.hindcast.notes.jsonl"))).toBe(false);
    expect(await inFile(path)).toEqual([{ text: "meanwhile" }, { text: "and once more" }]);
  });

  it("leave with copies and exports: those of a stretch, in every format", async () => {
    const recordingId = await saved();
    await put(recordingId, "far away", -9_000_000_000n);
    await put(recordingId, "password=hunter2hunter2", 1n);
    const stretch = { from: live.start, to: live.end };
    const textsOf = async (path: string): Promise<readonly string[]> => {
      const opened = await engine.call("recording.open", { path });
      return (await list(opened.recordingId)).map(({ text }) => text);
    };
    await engine.call("recording.copy", { recordingId, path: engine.path("copy.hindcast") });
    expect(await textsOf(engine.path("copy.hindcast"))).toEqual(["far away", "password=hunter2hunter2"]);
    const path = engine.path("part.hindcast");
    await engine.call("recording.export", { recordingId, path, format: "hindcast", stretch });
    expect(await textsOf(path)).toEqual(["password=hunter2hunter2"]);
    await engine.call("recording.export", { recordingId, path: engine.path("all.jsonl"), format: "jsonl" });
    const lines = readFileSync(engine.path("all.jsonl"), "utf8")
      .split("\n")
      .filter((line) => line.includes('"record":"note"'));
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { text: "far away" },
      { text: "password=hunter2hunter2" },
    ]);
    await engine.call("recording.export", { recordingId, path: engine.path("parquet"), format: "parquet" });
    expect(existsSync(engine.path("parquet/notes.parquet"))).toBe(true);
    const { found } = await engine.call("recording.exportReport", { recordingId, stretch });
    expect(found).toContainEqual({ kind: "password", place: "notes", count: 1 });
  });

  it("are kept in the user's own folder where nothing can be written beside the file", async () => {
    const recordingId = await saved();
    await holdOpen(live.path);
    mkdirSync(beside());
    await put(recordingId, "once");
    await expect
      .poll(async () => (await engine.call("notes.list", { recordingId })).aside?.path, { timeout: 20_000 })
      .toContain(engine.path("state/hindcast/notes"));
    expect(await list(recordingId)).toMatchObject([{ text: "once" }]);
    await letGo();
    await engine.call("recording.close", { recordingId });
    expect(readdirSync(engine.path("state/hindcast/notes"))).toEqual([]);
    expect(await inFile(live.path)).toEqual([{ text: "once" }]);
  });

  it("of what came with Hindcast are kept apart from it", async () => {
    const sample = (await engine.call("recordings.list", {})).find(({ origin }) => origin === "sample");
    if (sample === undefined) throw new Error("there are samples");
    const before = readFileSync(sample.path);
    const { recordingId } = await engine.call("recording.open", { path: sample.path });
    await put(recordingId, "seen");
    await engine.call("recording.close", { recordingId });
    expect(readFileSync(sample.path).equals(before)).toBe(true);
    const again = await engine.call("recording.open", { path: sample.path });
    const { notes, aside } = await engine.call("notes.list", { recordingId: again.recordingId });
    expect(notes).toMatchObject([{ text: "seen" }]);
    expect(aside).toMatchObject({ reason: "it came with Hindcast" });
  });
});
