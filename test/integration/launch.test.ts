// Programs that the engine starts itself, recorded by the built agent.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Engine, createEngine } from "../../src/engine/index.js";
import type { EngineNotice } from "../../src/shared/protocol/engine-calls.js";
import type { RecordingSummary } from "../../src/shared/protocol/recording-summary.js";
import { callsTo } from "./engine-calls.js";
import { CancelSource, neverCancelled } from "../../src/shared/base/cancel.js";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("programs that the engine starts", () => {
  let folder: string;
  let engine: Engine;
  let notices: EngineNotice[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast launch "));
    notices = [];
    engine = createEngine({
      packageFolder,
      environment: { ...process.env, XDG_DATA_HOME: join(folder, "data"), XDG_STATE_HOME: join(folder, "state") },
    });
    engine.onNotice((notice) => notices.push(notice));
  });
  afterEach(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = callsTo(() => engine);

  async function untilSummary(
    recordingId: string,
    isIt: (summary: RecordingSummary) => boolean,
  ): Promise<RecordingSummary> {
    for (;;) {
      const summary = await call("recording.summary", { recordingId });
      if (isIt(summary)) return summary;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it("are recorded, and the recording ends with the program", async () => {
    const script = join(folder, "say it.cjs");
    writeFileSync(
      script,
      `console.log("hello"); setTimeout(() => { console.error("bye"); process.exitCode = 4; }, 300);`,
    );
    const { recordingId, state } = await call("recording.launch", {
      command: [process.execPath, script],
      cwd: folder,
      capture: {},
    });
    expect(state).toBe("live");
    const saved = await untilSummary(recordingId, (summary) => summary.state === "saved");
    expect(saved.processes.map(({ ended, cwd }) => [ended?.exitCode, cwd])).toEqual([[4, folder]]);
    const { bodies } = await call("logs.page", { recordingId, first: 0, limit: 10 });
    expect(bodies).toEqual(["hello", "bye"]);
    expect(notices.at(-1)).toMatchObject({ kind: "recording-changed", summary: { recordingId, state: "saved" } });
  });

  it("are stopped with the recording, and what they started too", async () => {
    const script = join(folder, "parent.cjs");
    writeFileSync(
      script,
      `if (process.argv[2] !== "child") require("node:child_process").spawn(process.execPath, [__filename, "child"], { stdio: "inherit" });
       setInterval(() => {}, 1000);`,
    );
    const { recordingId } = await call("recording.launch", { command: [process.execPath, script], capture: {} });
    const { processes } = await untilSummary(recordingId, (summary) => summary.processes.length === 2);
    await call("recording.stop", { recordingId });
    const stillThere = () => processes.filter(({ pid }) => isRunning(pid));
    for (let left = 100; left > 0 && stillThere().length > 0; left--)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stillThere()).toEqual([]);
  });

  it("that cannot be started leave no recording behind", async () => {
    mkdirSync(join(folder, "kept"));
    const path = join(folder, "kept", "none.hindcast");
    const answer = await engine.handlers["recording.launch"](
      { command: [join(folder, "no such command")], path, capture: {} },
      neverCancelled,
    );
    expect(answer.ok ? "ok" : answer.error.code).toBe("command-not-found");
    expect(readdirSync(join(folder, "kept"))).toEqual([]);
  });

  it("need a folder that is there", async () => {
    const cwd = join(folder, "gone");
    const answer = await engine.handlers["recording.launch"](
      { command: [process.execPath, "-e", ""], cwd, path: join(folder, "none.hindcast"), capture: {} },
      neverCancelled,
    );
    expect(answer).toEqual({ ok: false, error: { code: "no-such-folder", details: { path: cwd } } });
    expect(existsSync(join(folder, "none.hindcast"))).toBe(false);
  });

  it("are stopped when nobody waits for them any more, and leave no recording behind", async () => {
    const recordings = join(folder, "data", "hindcast", "recordings");
    const [script, pidFile] = [join(folder, "stay.cjs"), join(folder, "pid")];
    writeFileSync(
      script,
      `require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000);`,
    );
    const command = [process.execPath, script];
    const signal = new CancelSource();
    const launching = engine.handlers["recording.launch"]({ command, capture: {} }, signal);
    signal.abort();
    expect(await launching).toEqual({ ok: false, error: { code: "cancelled", details: {} } });
    expect(existsSync(pidFile) && isRunning(Number(readFileSync(pidFile, "utf8")))).toBe(false);

    const demoSignal = new CancelSource();
    const phases: unknown[] = [];
    const demo = await engine.handlers["recording.demo"]({}, demoSignal, ({ phase }) => {
      phases.push(phase);
      demoSignal.abort();
    });
    expect(demo).toEqual({ ok: false, error: { code: "cancelled", details: {} } });
    expect(phases).toEqual(["Waiting for the demo to listen"]);

    const created = new CancelSource();
    const creating = engine.handlers["recording.create"]({ capture: {} }, created);
    created.abort();
    expect(await creating).toEqual({ ok: false, error: { code: "cancelled", details: {} } });
    expect(readdirSync(recordings)).toEqual([]);
  });

  it("include the demo: four services, whose state can be seen, and the requests that join them", async () => {
    const { recordingId } = await call("recording.demo", {});
    const services = ["gateway", "accounts", "payments", "notifications"];
    const { start, end, processes, scopes } = await untilSummary(
      recordingId,
      (summary) =>
        services.every((name) => summary.processes.some(({ serviceName }) => serviceName === name)) &&
        summary.scopes.some(({ scope }) => scope === "ledger") &&
        summary.counts.spans > 20 &&
        summary.counts.logs > 5,
    );
    const { records } = await call("timeline.density", { recordingId, from: start, to: end + 1n, buckets: 10 });
    expect(records.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(25);
    expect(processes.map(({ serviceName }) => serviceName)).not.toContain("provider");
    const { process = 0 } = scopes.find(({ scope }) => scope === "ledger") ?? {};
    const stateNow = async (): Promise<string> => {
      const { end: now } = await call("recording.summary", { recordingId });
      const at = { kind: "instant", instant: now } as const;
      return JSON.stringify((await call("state.at", { recordingId, process, scope: "ledger", at })).value);
    };
    await expect.poll(stateNow, { timeout: 60_000 }).toMatch(/balance/);
    const { state } = await call("recording.stop", { recordingId });
    expect(state).toBe("saved");
  });
});
