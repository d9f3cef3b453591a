import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LiveRecording } from "./live-recording.js";
import { ReadingDoors } from "./door/reading-doors.js";
import { OpenRecording } from "./open-recording.js";
import { SocketAgent, batchBody, helloOf } from "./socket-agent.test-support.js";
import { createFile } from "./store/open-file.js";

describe("a live recording", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is finished when no commit runs any more, also one that somebody else waited to start", async () => {
    const path = join(folder, "a.hindcast");
    const file = await createFile(path, { created: 0n, appVersion: "0" });
    if (!file.ok) throw new Error(file.error.code);
    const told: string[] = [];
    const live: LiveRecording = await LiveRecording.open(file.value, path, 0n, {
      // Comes while a commit is under way, and is not in it.
      onCommit: () => {
        told.push("commit");
        if (told.length <= 2) process.reconnected();
      },
      onFailure: ({ details }) => void told.push(`failure: ${details["reason"]}`),
    });
    const process = live.greet(helloOf(), {});
    const running = live.commit();
    const finished = live.finish().then(() => void told.push("finished"));
    const another = live.commit();
    await Promise.all([running, finished, another]);
    // The last is of what is worth writing once nothing comes any more.
    expect(told).toEqual(["commit", "commit", "commit", "commit", "finished"]);
    await file.value.dispose();
  });

  it("takes nothing any more once it counts what is missing: that would be counted twice", async () => {
    const path = join(folder, "c.hindcast");
    const file = await createFile(path, { created: 0n, appVersion: "0" });
    if (!file.ok) throw new Error(file.error.code);
    const events = { onCommit: () => undefined, onFailure: () => undefined };
    const live = await LiveRecording.open(file.value, path, 0n, events);
    const process = live.greet(helloOf(), {});
    const finished = live.finish();
    expect(() => live.leftBy(helloOf())).toThrow("the recording has ended");
    const batch = { kind: "batch" as const, batch: 1, lastSeq: 0, records: batchBody(1, []) };
    expect(() => live.take(process, batch)).toThrow("the recording has ended");
    await finished;
    await file.value.dispose();
  });

  it("that cannot be brought in order when it is stopped becomes a saved one all the same", async () => {
    const surroundings = { appVersion: "0", host: undefined, recorderThread: undefined, doors: new ReadingDoors("0") };
    const events = { onChange: () => undefined, onConsole: () => undefined, onFailure: () => undefined };
    const created = await OpenRecording.create("r1", join(folder, "b.hindcast"), surroundings, events);
    if (!created.ok) throw new Error(created.error.code);
    const recording = created.value;
    const { socketPath = "", token = "" } = recording.live?.address ?? {};
    await SocketAgent.greet(socketPath, helloOf({ token }));
    // A transaction left open in the same file: DuckDB refuses to CHECKPOINT.
    await recording.query("BEGIN");
    await recording.query("UPDATE recording SET app_version = 'x'");
    expect(await recording.stop()).toEqual({ ok: true, value: undefined });
    const { state, processes } = await recording.summary();
    expect([state, processes.length]).toEqual(["saved", 1]);
    await recording.close();
  });
});
