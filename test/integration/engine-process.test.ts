// The engine's own process under load, killed without warning: what was acknowledged is in the file, every batch is there
// as a whole or not at all, and the file opens like any other.
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createEngine } from "../../src/engine/index.js";
import { createCodec } from "../../src/shared/protocol/codec.js";
import { RecordMaker, SocketAgent, helloOf } from "../../src/engine/socket-agent.test-support.js";
import { EngineChild } from "../../src/serve/engine-child.js";
import { type EngineClient, connectToEngine } from "../../src/shared/protocol/rpc.js";
import { neverCancelled } from "../../src/shared/base/cancel.js";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
const entry = join(packageFolder, "out", "node", "engine-process.js");
const recordsPerBatch = 500;

describe("the engine's process", () => {
  let folder: string;
  let environment: NodeJS.ProcessEnv;
  let child: EngineChild;
  let client: EngineClient;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-test-"));
    mkdirSync(join(folder, "tmp"));
    vi.stubEnv("TMPDIR", join(folder, "tmp"));
    environment = {
      ...process.env,
      XDG_DATA_HOME: join(folder, "data"),
      XDG_STATE_HOME: join(folder, "state"),
      NODE_OPTIONS: "--stack-trace-limit=7",
    };
    child = new EngineChild({ entry, environment });
    const transport = await child.connect();
    if (transport === undefined) throw new Error("the engine did not start");
    client = connectToEngine(transport, createCodec());
  });
  afterEach(async () => {
    await child.stop();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  const isRunning = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  /** Whoever inherits it collects it in his own time. */
  const gone = async (pid: number): Promise<void> => {
    while (isRunning(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  /** Its pid, as it printed it into a file, with the NODE_OPTIONS it was given. */
  async function launchSleeper(): Promise<{ readonly pid: number; readonly options: string }> {
    const [script, printed] = [join(folder, "sleeper.cjs"), join(folder, "printed.json")];
    writeFileSync(
      script,
      `require("node:fs").writeFileSync(process.argv[2], JSON.stringify({ pid: process.pid, options: process.env.NODE_OPTIONS }));
       process.on("SIGTERM", () => process.exit());
       setInterval(() => {}, 1000);`,
    );
    const command = [process.execPath, script, printed];
    const launched = await client.call("recording.launch", { command, path: join(folder, "s.hindcast"), capture: {} });
    if (!launched.ok) throw new Error(launched.error.code);
    while (!existsSync(printed) || readFileSync(printed, "utf8") === "")
      await new Promise((resolve) => setTimeout(resolve, 20));
    return JSON.parse(readFileSync(printed, "utf8"));
  }

  /** Of recordings: an engine has one of its own besides. */
  const temporaryFolders = (): string[] =>
    readdirSync(join(folder, "tmp")).filter((name) => !existsSync(join(folder, "tmp", name, "reading.json")));

  it("starts programs with the user's own NODE_OPTIONS", async () => {
    const { options } = await launchSleeper();
    expect(options).toMatch(/--require .*agent\.cjs" --stack-trace-limit=7$/);
  });

  it("goes on with what it started when it is killed, and then does not leave it behind", async () => {
    const { pid } = await launchSleeper();
    expect([isRunning(pid), temporaryFolders().length]).toEqual([true, 1]);
    const killed = child.pid;
    process.kill(killed ?? 0, "SIGKILL");
    while (child.pid === killed) await new Promise((resolve) => setTimeout(resolve, 5));
    await child.connect();
    expect([isRunning(pid), temporaryFolders().length]).toEqual([true, 1]);
    await child.stop();
    expect(temporaryFolders()).toEqual([]);
    await gone(pid);
  });

  it("goes on reading what a program prints when it is killed, and the program neither ends nor loses its input", async () => {
    const script = `
      let said = 0;
      setInterval(() => console.log("printed " + ++said), 50);
      process.stdin.on("data", (text) => console.error("heard " + text));
      process.stdin.on("end", () => process.exit(9));`;
    const args = { command: [process.execPath, "-e", script], cwd: folder, capture: {} };
    const started = await client.call("recording.launch", args);
    if (!started.ok) throw new Error(started.error.code);
    const { recordingId } = started.value;
    await client.call("recording.pause", { recordingId, paused: true });
    const killed = child.pid;
    process.kill(killed ?? 0, "SIGKILL");
    while (child.pid === killed) await new Promise((resolve) => setTimeout(resolve, 5));
    const transport = await child.connect();
    if (transport === undefined) throw new Error("no engine came");
    const next = connectToEngine(transport, createCodec());
    const shown = async (): Promise<string> => {
      const read = await next.call("console.read", { recordingId, after: 0 });
      if (!read.ok) throw new Error(read.error.code);
      return read.value.entries.map(({ text }) => text).join("");
    };
    await expect.poll(shown, { timeout: 30_000 }).toMatch(/printed \d+/);
    await next.call("console.write", { recordingId, text: "me\n" });
    await expect.poll(shown, { timeout: 30_000 }).toContain("heard me");
    const summary = await next.call("recording.summary", { recordingId });
    expect(summary.ok && summary.value).toMatchObject({
      state: "live",
      launched: { command: args.command, cwd: folder, canRestart: false },
      pausedSince: expect.any(BigInt) as bigint,
    });
    expect(await next.call("recording.stop", { recordingId })).toMatchObject({ ok: true });
  });

  it("leaves nothing behind when it is killed while it is told to stop: the host sees to that", async () => {
    const { pid } = await launchSleeper();
    const stopped = child.stop();
    process.kill(child.pid ?? 0, "SIGKILL");
    await stopped;
    expect(temporaryFolders()).toEqual([]);
    await gone(pid);
  });

  async function startRecording(path: string): Promise<{ recordingId: string; agents: SocketAgent[] }> {
    const created = await client.call("recording.create", { path, capture: {} });
    if (!created.ok) throw new Error(created.error.code);
    const { environment: given, summary } = created.value;
    const [socketPath, token] = [given["HINDCAST_SOCKET"] ?? "", given["HINDCAST_TOKEN"] ?? ""];
    const agents: SocketAgent[] = [];
    for (const runId of ["one", "two"]) agents.push(await SocketAgent.greet(socketPath, helloOf({ token, runId })));
    return { recordingId: summary.recordingId, agents };
  }

  /** Numbered from 1; log lines "agent/batch/position". Ends when the connection does. */
  async function flood(agent: SocketAgent, name: number, batches: number): Promise<void> {
    const maker = new RecordMaker();
    for (let batch = 1; batch <= batches && !agent.isClosed; batch++) {
      const records = Array.from({ length: recordsPerBatch }, (_, at) =>
        maker.make({
          kind: "log",
          severity: 9,
          span: 0,
          source: 0,
          body: `${name}/${batch}/${at}`,
          attributes: { at },
        }),
      );
      agent.batch(batch, records);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  it("loses nothing that it has acknowledged when it is killed", async () => {
    const path = join(folder, "killed.hindcast");
    const { agents } = await startRecording(path);
    const floods = agents.map((agent, at) => flood(agent, at, 10_000));
    for (const agent of agents) await agent.acknowledged(12);
    process.kill(child.pid ?? 0, "SIGKILL");
    await Promise.all(floods);
    await Promise.all(agents.map((agent) => agent.closed()));
    // The next one would go on with the recording.
    await child.stop();
    const acknowledged = agents.map((agent) => Math.max(...agent.acks()));

    const engine = createEngine({ packageFolder, environment });
    const answer = await engine.handlers["recording.open"]({ path }, neverCancelled);
    if (!answer.ok) throw new Error(answer.error.code);
    const { recordingId, processes, counts } = answer.value;
    expect(processes.map(({ endUnknown }) => endUnknown)).toEqual([true, true]);
    const linesOf = new Map<string, number>();
    for (let first = 0; first < counts.logs; first += 2000) {
      const page = await engine.handlers["logs.page"]({ recordingId, first, limit: 2000 }, neverCancelled);
      if (!page.ok) throw new Error(page.error.code);
      for (const body of page.value.bodies) {
        const batch = body.slice(0, body.lastIndexOf("/"));
        linesOf.set(batch, (linesOf.get(batch) ?? 0) + 1);
      }
    }
    await engine.dispose();
    expect(existsSync(`${path}.wal`)).toBe(false);

    expect([...linesOf].filter(([, lines]) => lines !== recordsPerBatch)).toEqual([]);
    for (const [at, last] of acknowledged.entries()) {
      const missing = Array.from({ length: last }, (_, index) => `${at}/${index + 1}`).filter(
        (batch) => !linesOf.has(batch),
      );
      expect(missing).toEqual([]);
    }
    expect(Math.min(...acknowledged)).toBeGreaterThanOrEqual(12);
  });

  it.skipIf(!existsSync("/usr/bin/prlimit"))(
    "says when the file cannot be written any more, and keeps what it acknowledged",
    async () => {
      const path = join(folder, "full.hindcast");
      const failures: string[] = [];
      client.onNotice((notice) => {
        if (notice.kind === "recording-failed") failures.push(notice.error.code);
      });
      const { recordingId, agents } = await startRecording(path);
      execFileSync("/usr/bin/prlimit", [`--pid=${child.pid ?? 0}`, "--fsize=3000000"]);
      const [agent] = agents;
      const maker = new RecordMaker();
      const line = "no two lines alike ".repeat(20);
      for (let batch = 1; failures.length === 0; batch++) {
        const records = Array.from({ length: recordsPerBatch }, (_, at) => {
          const body = `${line}${Math.sin(batch * recordsPerBatch + at)}`;
          return maker.make({ kind: "log", severity: 9, span: 0, source: 0, body, attributes: {} });
        });
        agent?.batch(batch, records);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const stopped = await client.call("recording.stop", { recordingId });
      // It tries again, and says so again.
      expect(new Set(failures)).toEqual(new Set(["cannot-write"]));
      expect(stopped).toMatchObject({ ok: false, error: { code: "cannot-write" } });
      const opened = await client.call("recording.open", { path });
      await agent?.closed();
      const acknowledged = agent?.acks() ?? [];
      expect(acknowledged.length).toBeGreaterThan(0);
      // Each once, in order. A larger commit needs less of the log and may find room after one that did not: of that
      // nobody may hear any more, who was cut off.
      expect(acknowledged).toEqual(acknowledged.map((_, at) => at + 1));
      const kept = opened.ok ? opened.value.counts.logs : 0;
      expect(kept).toBeGreaterThanOrEqual(acknowledged.length * recordsPerBatch);
      expect(kept % recordsPerBatch).toBe(0);
    },
  );

  it("answers while it records, and commits everything when it is told to stop", async () => {
    const path = join(folder, "stopped.hindcast");
    const { recordingId, agents } = await startRecording(path);
    const floods = agents.map((agent, at) => flood(agent, at, 60));
    for (let asked = 0; asked < 5; asked++) {
      await agents[0]?.acknowledged(10 * (asked + 1));
      const page = await client.call("logs.page", { recordingId, text: "0/1/", first: 0, limit: 10 });
      expect(page.ok && page.value.total).toBe(recordsPerBatch);
    }
    await Promise.all(floods);
    await child.stop();

    expect(statSync(path).mode & 0o777).toBe(0o600);
    const engine = createEngine({ packageFolder, environment });
    const answer = await engine.handlers["recording.open"]({ path }, neverCancelled);
    expect(answer.ok && answer.value.counts.logs).toBe(2 * 60 * recordsPerBatch);
    await engine.dispose();
  });

  it("tells every client of changes at most four times a second", async () => {
    const second = await child.connect();
    if (second === undefined) throw new Error("no second connection");
    const other = connectToEngine(second, createCodec());
    const told = { first: 0, second: 0 };
    client.onNotice(() => told.first++);
    other.onNotice(() => told.second++);
    const { agents } = await startRecording(join(folder, "told.hindcast"));
    const started = performance.now();
    const maker = new RecordMaker();
    for (let batch = 1; told.first < 5 || told.second < 5; batch++) {
      agents[0]?.batch(batch, [maker.make({ kind: "event", name: 0, span: 0, attributes: {} })]);
      await agents[0]?.acknowledged(batch);
    }
    // The first is told at once, each further one a quarter of a second after the one before.
    expect(performance.now() - started).toBeGreaterThan(4 * 250 - 50);
  });
});
