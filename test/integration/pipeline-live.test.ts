// A pipeline that is changed while a program is recorded, from the window's call and from the file it is written in: every
// thread of the program follows, and the recording says from where on.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { followConfig } from "../../src/cli/follow-config.js";
import { type Engine, createEngine } from "../../src/engine/index.js";
import { Disposables } from "../../src/shared/base/disposables.js";
import { neverCancelled } from "../../src/shared/base/cancel.js";
import type { CallArgs, EngineCallName } from "../../src/shared/protocol/engine-calls.js";
import type { HindcastError } from "../../src/shared/protocol/errors.js";
import { callsTo } from "./engine-calls.js";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
const program = `const { existsSync } = require("node:fs");
  const { Worker, isMainThread } = require("node:worker_threads");
  const { event, track } = require("hindcast");
  if (isMainThread) new Worker(__filename);
  const numbers = track("numbers", { last: 0 });
  const timer = setInterval(() => {
    event("a", { n: ++numbers.last });
    event("b", { n: numbers.last });
    if (existsSync("stop")) clearInterval(timer);
  }, 5);`;

describe("a pipeline that is changed while recording", () => {
  let folder: string;
  let engine: Engine;
  let recordingId: string;
  let owned: Disposables;
  beforeEach(async () => {
    owned = new Disposables();
    folder = mkdtempSync(join(tmpdir(), "hindcast pipeline "));
    const environment = { ...process.env, XDG_DATA_HOME: join(folder, "data"), XDG_STATE_HOME: join(folder, "state") };
    engine = createEngine({ packageFolder, environment });
    writeFileSync(join(folder, "ticks.cjs"), program);
    const command = [process.execPath, "ticks.cjs"];
    recordingId = (await call("recording.launch", { command, cwd: folder, capture: {} })).recordingId;
  });
  afterEach(async () => {
    await owned.dispose();
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = callsTo(() => engine);

  const until = async (isIt: () => Promise<boolean>): Promise<void> => {
    while (!(await isIt())) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  /** Names of events by process, in order. */
  async function namesByProcess(): Promise<ReadonlyMap<number, readonly string[]>> {
    const { start, end } = await call("recording.summary", { recordingId });
    const events = await call("events.range", { recordingId, from: start, to: end + 1n, limit: 1_000_000 });
    const byProcess = new Map<number, string[]>();
    [...events.names].forEach((name, row) => {
      const process = events.process[row] ?? 0;
      byProcess.set(process, [...(byProcess.get(process) ?? []), name]);
    });
    return byProcess;
  }

  const everyThread = async (isIt: (names: readonly string[]) => boolean): Promise<boolean> => {
    const byProcess = await namesByProcess();
    return byProcess.size === 2 && [...byProcess.values()].every(isIt);
  };
  const changed = "hindcast.capture.changed";
  const after = (names: readonly string[], times: number): readonly string[] => {
    const at = names.flatMap((name, row) => (name === changed ? [row] : []))[times - 1];
    return at === undefined ? [] : names.slice(at + 1);
  };

  it("is followed by every thread, and its programs say from where on", async () => {
    await until(() => everyThread((names) => names.length > 10));
    const pipeline = [{ stage: "drop" as const, where: { kind: "event" as const, name: "a" } }];
    await call("recording.configure", { recordingId, pipeline });
    expect((await call("recording.summary", { recordingId })).pipeline).toEqual(pipeline);
    await until(() => everyThread((names) => after(names, 1).length > 20));
    for (const names of (await namesByProcess()).values()) {
      const first = names.indexOf(changed);
      expect(names.slice(0, first)).toContain("a");
      expect(new Set(after(names, 1))).toEqual(new Set(["b"]));
    }
    await call("recording.configure", { recordingId, pipeline: [] });
    await until(() => everyThread((names) => after(names, 2).includes("a")));

    writeFileSync(join(folder, "stop"), "");
    await until(async () => (await call("recording.summary", { recordingId })).state === "saved");
    const { processes } = await call("recording.summary", { recordingId });
    const gaps = await call("timeline.marks", { recordingId });
    for (const { process, filtered } of processes) {
      const told = gaps.filter((mark) => mark.reason === "filtered" && mark.process === process);
      const names = (await namesByProcess()).get(process) ?? [];
      const missing = names.filter((name) => name === "b").length - names.filter((name) => name === "a").length;
      expect(told.reduce((sum, { lost }) => sum + lost, 0)).toBe(missing);
      expect(filtered).toEqual({ "1 drop event a": missing });
    }
  });

  it("is read anew when its file is saved, and kept where that is wrong", async () => {
    const file = join(folder, "hindcast.config.json");
    writeFileSync(file, "{}");
    const complaints: HindcastError[] = [];
    const complain = (error: HindcastError): Promise<void> => {
      complaints.push(error);
      return Promise.resolve();
    };
    const asked = async <Name extends EngineCallName>(name: Name, args: CallArgs<Name>) =>
      engine.handlers[name](args, neverCancelled);
    followConfig(file, owned, { call: asked, recordingId, complain });
    writeFileSync(file, `{ "pipeline": [{ "stage": "drip" }] }`);
    await until(() => Promise.resolve(complaints.length > 0));
    expect(complaints).toMatchObject([{ code: "bad-config" }]);
    expect((await call("recording.summary", { recordingId })).pipeline).toEqual([]);
    writeFileSync(file, `{ "pipeline": [{ "stage": "drop", "where": { "kind": "event", "name": "b" } }] }`);
    await until(() => everyThread((names) => after(names, 1).length > 10));
    for (const names of (await namesByProcess()).values()) expect(new Set(after(names, 1))).toEqual(new Set(["a"]));
    await call("recording.stop", { recordingId });
  });
});
