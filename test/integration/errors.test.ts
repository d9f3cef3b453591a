// Every entry of the error catalogue is provoked the way a user meets it, on real files, processes and sockets: the
// table below has to name each code, or it does not compile. What is shown must be the entry's sentence with nothing left
// open in it, and the next step.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Writable } from "node:stream";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endRecording } from "../../src/cli/end-recording.js";
import { missingChildren, unrecordedChildren } from "../../src/cli/missing-records.js";
import { Output } from "../../src/cli/terminal.js";
import { RecordMaker, SocketAgent, helloOf } from "../../src/engine/socket-agent.test-support.js";
import { EngineChild } from "../../src/serve/engine-child.js";
import { steadyCallTo } from "../../src/serve/steady-call.js";
import type { AgentRecordBody } from "../../src/shared/protocol/agent-records.js";
import type { RecordingLimits } from "../../src/shared/protocol/recording-summary.js";
import { createCodec } from "../../src/shared/protocol/codec.js";
import { type ErrorCode, type HindcastError, errorCodes, explain } from "../../src/shared/protocol/errors.js";
import { type EngineClient, type Transport, connectToEngine, serveEngine } from "../../src/shared/protocol/rpc.js";
import { frameTypes } from "../../src/shared/protocol/agent-wire.js";
import { attachRefusals } from "./attach-refusals.js";
import { launchRefusals } from "./launch-refusals.js";
import { Place } from "./hindcast-process.js";
import { ReadingCommands } from "./reading-commands.js";

const place = new Place();
const sample = join(process.cwd(), "recordings/ledger-first.hindcast");
const engineEntry = join(process.cwd(), "out/node/engine-process.js");
let child: EngineChild;
let client: EngineClient;

beforeAll(async () => {
  child = new EngineChild({
    entry: engineEntry,
    environment: {
      ...process.env,
      XDG_DATA_HOME: place.path("data"),
      XDG_STATE_HOME: place.path("state"),
      VISUAL: place.path("bad-editor"),
    },
  });
  client = await connected();
});
afterAll(async () => {
  await reading.stop();
  await child.stop();
  place.remove();
});

async function connected(): Promise<EngineClient> {
  const transport = await child.connect();
  if (transport === undefined) throw new Error("the engine did not start");
  return connectToEngine(transport, createCodec());
}

/** What a user is shown, or the error that a window or a program gets. */
type Provoked = { readonly shown: string } | { readonly error: HindcastError };

const readingCommands = ["info", "state", "history"];
const reading = new ReadingCommands(place.root, place.environment);

async function cli(...args: string[]): Promise<Provoked> {
  const [name = ""] = args;
  const ended = await (readingCommands.includes(name) ? reading : place).run(args);
  expect(ended.code, ended.err).toBeGreaterThan(0);
  expect(ended.out).toBe("");
  return { shown: ended.err };
}

/** A copy of the sample under a name of its own. */
function copyOfSample(name: string): string {
  cpSync(sample, place.path(name));
  return place.path(name);
}

async function query(path: string, sql: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

async function newRecording(
  name: string,
  limits?: RecordingLimits,
): Promise<{ id: string; socketPath: string; token: string }> {
  const created = await client.call("recording.create", { path: place.path(name), capture: {}, limits });
  if (!created.ok) throw new Error(created.error.code);
  const { summary, environment } = created.value;
  return {
    id: summary.recordingId,
    socketPath: environment["HINDCAST_SOCKET"] ?? "",
    token: environment["HINDCAST_TOKEN"] ?? "",
  };
}

/** `sent` resolves when the records are in the file. */
async function limitedRecording(name: string, limits: RecordingLimits) {
  const { id, socketPath, token } = await newRecording(name, limits);
  const agent = await SocketAgent.greet(socketPath, helloOf({ token, runId: name.padEnd(32, "0") }));
  const maker = new RecordMaker();
  let batch = 0;
  const sent = async (bodies: readonly AgentRecordBody[], clockMs: number): Promise<void> => {
    agent.batch(
      ++batch,
      bodies.map((body) => maker.make(body, clockMs)),
    );
    await agent.acknowledged(batch);
  };
  return { id, agent: { sent } };
}

const errorOf = (outcome: { ok: true } | { ok: false; error: HindcastError }): Provoked => {
  if (outcome.ok) throw new Error("nothing went wrong");
  return { error: outcome.error };
};

/** Of one process and its scope, of whose first write nothing is kept any more; `failure` is what asking for it gives. */
async function recordingWithoutItsStart(name: string) {
  const { id, agent } = await limitedRecording(name, { maxAgeMs: 1000 });
  const about = { recordingId: id, process: 1, scope: "s" };
  for (let ms = 100; ms <= 20_000; ms += 100) {
    const value = { kind: "primitive", value: ms } as const;
    const operation = { kind: "scope", scope: about.scope, value } as const;
    await agent.sent([{ kind: "write", span: 0, location: 0, afterMs: Number.NaN, operation }], ms);
    const state = await client.call("state.at", { ...about, at: { kind: "seq", process: 1, seq: 1 } });
    if (!state.ok) return { about, failure: errorOf(state) };
  }
  throw new Error("nothing was evicted");
}

/** The engine tells an agent the code alone; nobody reads a sentence there. */
async function refusedAgent(change: (token: string) => Parameters<typeof helloOf>[0]): Promise<Provoked> {
  const { socketPath, token } = await newRecording(`agent-${Math.random()}.hindcast`);
  const agent = await SocketAgent.connect(socketPath);
  agent.control(frameTypes.hello, helloOf(change(token)));
  await agent.closed();
  return { error: { code: agent.refusal() as ErrorCode, details: { found: "999", wanted: "1" } } };
}

/** A line of messages to a handler that fails as only a mistake of ours makes it fail. */
async function answeredByMistake(): Promise<Provoked> {
  const ends: ((bytes: Uint8Array) => void)[] = [];
  const end = (own: number, other: number): Transport => ({
    send: (bytes) => queueMicrotask(() => ends[other]?.(bytes)),
    onMessage: (listener) => (ends[own] = listener),
    onClose: () => undefined,
    close: () => undefined,
  });
  const mistaken = new Proxy({}, { get: () => () => Promise.reject(new Error("a mistake of ours")) });
  serveEngine(end(0, 1), createCodec(), mistaken as Parameters<typeof serveEngine>[2]);
  return errorOf(await connectToEngine(end(1, 0), createCodec()).call("recording.open", { path: "x" }));
}

const mayMount = process.platform === "linux" && process.getuid?.() === 0 && canMount();

/** Containers may be root without leave to mount. */
function canMount(): boolean {
  const at = place.path("try-mount");
  mkdirSync(at);
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", at], { stdio: "ignore" });
    execFileSync("umount", [at]);
    return true;
  } catch {
    return false;
  }
}

const refusals = attachRefusals(place.root, (...given) => cli("attach", ...given));

const provoke: Record<ErrorCode, () => Promise<Provoked>> = {
  "not-a-recording": () => {
    writeFileSync(place.path("text.hindcast"), "a text that is longer than a few bytes");
    return cli("info", "text.hindcast");
  },
  "no-such-file": () => cli("info", "missing.hindcast"),
  "is-a-folder": () => {
    mkdirSync(place.path("folder.hindcast"));
    return cli("info", "folder.hindcast");
  },
  "no-such-folder": () => cli("record", "-o", "nowhere/a.hindcast", "--", "node", "-e", "0"),
  "file-exists": () => {
    writeFileSync(place.path("mine.hindcast"), "mine");
    return cli("record", "-o", "mine.hindcast", "--", "node", "-e", "0");
  },
  "newer-format": async () => {
    await query(copyOfSample("newer.hindcast"), "UPDATE recording SET format = 999");
    return cli("info", "newer.hindcast");
  },
  "damaged-recording": () => {
    truncateSync(copyOfSample("cut.hindcast"), 300_000);
    return cli("info", "cut.hindcast");
  },
  "recording-in-use": async () => {
    const recording = place.start(["record", "-o", "used.hindcast", "--", "node", "-e", "process.stdin.resume()"]);
    await expect.poll(() => existsSync(place.path("used.hindcast")), { timeout: 20_000 }).toBe(true);
    try {
      // Who looks elsewhere for what is recorded does not find who records it.
      const elsewhere = place.path("elsewhere");
      mkdirSync(elsewhere);
      return { shown: (await place.run(["info", "used.hindcast"], "", { TMPDIR: elsewhere })).err };
    } finally {
      recording.child.stdin.end();
      await recording.ended;
    }
  },
  "cannot-write": () => cli("record", "-o", join("/proc", "a.hindcast"), "--", "node", "-e", "0"),
  "disk-full": async () => {
    const small = place.path("small");
    mkdirSync(small);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", small]);
    const script =
      "for (let i = 0; i < 50_000; i++) require('hindcast').event('e', { text: `no two alike ${Math.sin(i)}` })";
    try {
      const recording = await place.run(["record", "-o", "small/a.hindcast", "--", "node", "-e", script]);
      // The program is not to blame: its exit code stays.
      expect(recording.code).toBe(0);
      return { shown: recording.err };
    } finally {
      execFileSync("umount", [small]);
    }
  },
  "disk-nearly-full": async () => {
    const script = "setTimeout(() => 0, 2500)";
    const environment = { HINDCAST_DISK_RESERVE: String(2 ** 52) };
    const recording = await place.run(["record", "-o", "low.hindcast", "--", "node", "-e", script], "", environment);
    expect(recording.code).toBe(0);
    return { shown: recording.err };
  },
  "recording-over-limit": async () => {
    const { id, agent } = await limitedRecording("over.hindcast", { maxBytes: 1000 });
    await agent.sent([{ kind: "string", id: 1, text: "e" }], 10);
    let warning: HindcastError | undefined;
    const look = async (): Promise<boolean> => {
      const summary = await client.call("recording.summary", { recordingId: id });
      warning = summary.ok ? summary.value.warning : undefined;
      return warning !== undefined;
    };
    for (let ms = 20; !(await look()); ms += 20)
      await agent.sent([{ kind: "event", name: 1, span: 0, attributes: {} }], ms);
    return errorOf({ ok: false, error: warning ?? { code: "internal", details: {} } });
  },
  "state-too-large": async () => {
    const script = `
      const state = require("hindcast").track("state", { text: "x" });
      const timer = setInterval(() => (state.text = Math.random() + "y".repeat(5000)), 20);
      setTimeout(() => clearInterval(timer), 4500);`;
    const args = ["record", "-o", "large.hindcast", "--max-age", "1s", "--", "node", "-e", script];
    const recording = await place.run(args, "", { HINDCAST_MOST_BASE: "20" });
    expect(recording.code).toBe(0);
    return { shown: recording.err };
  },
  evicted: async () => {
    const { failure } = await recordingWithoutItsStart("evicted.hindcast");
    return failure;
  },
  "stretch-evicted": async () => {
    const { about } = await recordingWithoutItsStart("stretch-evicted.hindcast");
    const summary = await client.call("recording.summary", about);
    if (!summary.ok) return errorOf(summary);
    const from = summary.value.processes[0]?.start ?? 0n;
    const args = {
      ...about,
      path: place.path("stretch.jsonl"),
      format: "jsonl",
      stretch: { from, to: from + 1_000_000n },
    } as const;
    return errorOf(await client.call("recording.export", args));
  },
  "no-such-pin": async () => {
    const { id } = await newRecording("pins.hindcast");
    return errorOf(await client.call("recording.unpin", { recordingId: id, pin: 7 }));
  },
  "secrets-in-export": async () => {
    copyOfSample("secret.hindcast");
    await query(place.path("secret.hindcast"), `UPDATE log SET body = 'password=hunter2-and-more' WHERE rowid = 0`);
    return cli("export", "secret.hindcast", "-o", "out.hindcast");
  },
  "nothing-recorded": async () => {
    const recording = await place.run(["record", "-o", "empty.hindcast", "--", "git", "--no-such-option"]);
    expect(recording.code).toBe(129);
    return { shown: recording.err };
  },
  "children-not-recorded": async () => {
    const path = place.path("lacks-a-child.hindcast");
    const created = await client.call("recording.create", { path, capture: {} });
    if (!created.ok) throw new Error(created.error.code);
    const { summary, environment } = created.value;
    const { recordingId } = summary;
    // Both end with their standard input.
    const stays = "process.stdin.resume()";
    const script = `require("node:child_process").spawn("env", ["-i", process.execPath, "-e", "${stays}"], { stdio: "inherit" })`;
    const program = spawn(process.execPath, ["-e", script], {
      env: { ...process.env, ...environment },
      stdio: ["pipe", "ignore", "inherit"],
    });
    const ended = once(program, "close");
    await expect
      .poll(() => unrecordedChildren(client.call, recordingId), { timeout: 60_000, interval: 100 })
      .toEqual([
        expect.stringMatching(
          /^a child process, node.* was not recorded: it was started with an environment of its own$/,
        ),
      ]);
    program.stdin.end();
    await ended;
    await client.call("recording.stop", { recordingId });
    const error = await missingChildren(client.call, summary);
    if (error === undefined) throw new Error("nothing was said of the child");
    return { error };
  },
  "records-missing": async () => {
    const script = `
      const { event } = require("hindcast");
      for (let i = 1; i <= 200_000; i++) event("e", { i });
      process.exitCode = 3;`;
    const options = ["--buffer", "1MB", "--backlog", "1MB"];
    const recording = await place.run(["record", "-o", "lossy.hindcast", ...options, "--", "node", "-e", script]);
    expect([recording.code, recording.out]).toEqual([3, ""]);
    return { shown: recording.err };
  },
  "recording-vanished": async () => {
    const script = `require("node:fs").rmSync("vanished.hindcast"); process.exitCode = 3;`;
    const recording = await place.run(["record", "-o", "vanished.hindcast", "--", "node", "-e", script]);
    expect([recording.code, recording.out]).toEqual([3, ""]);
    return { shown: recording.err };
  },
  "recording-closed": async () => errorOf(await client.call("recording.summary", { recordingId: "none" })),
  "recorded-elsewhere": async () => {
    const path = place.path("elsewhere.hindcast");
    const { id } = await newRecording("elsewhere.hindcast");
    const other = new EngineChild({ entry: engineEntry, environment: process.env });
    const call = steadyCallTo(other);
    try {
      expect(await call("recording.open", { path })).toMatchObject({ ok: true, value: { recordingId: id } });
      return errorOf(await call("recording.stop", { recordingId: id }));
    } finally {
      await other.stop();
      await client.call("recording.stop", { recordingId: id });
    }
  },
  "recorder-gone": async () => {
    const path = place.path("gone.hindcast");
    const other = new EngineChild({ entry: engineEntry, environment: process.env });
    const told = new Promise<Provoked>((resolve) => {
      client.onNotice((notice) => {
        if (notice.kind === "recording-failed" && notice.error.code === "recorder-gone")
          resolve({ error: notice.error });
      });
    });
    try {
      const created = await steadyCallTo(other)("recording.create", { path, capture: {} });
      if (!created.ok) throw new Error(created.error.code);
      const opened = await client.call("recording.open", { path });
      if (!opened.ok) throw new Error(opened.error.code);
      expect(opened.value.elsewhere).toBe(true);
      process.kill(other.pid ?? 0, "SIGKILL");
      return await told;
    } finally {
      await other.stop();
    }
  },
  "recording-not-live": async () => {
    const opened = await client.call("recording.open", { path: sample });
    if (!opened.ok) throw new Error(opened.error.code);
    return errorOf(await client.call("recording.stop", { recordingId: opened.value.recordingId }));
  },
  "no-such-source": () => cli("source", sample, "none.js"),
  "no-such-process": () => cli("state", sample, "--process", "77", "--scope", "ledger", "--at", "+1s"),
  "ambiguous-process": async () => {
    const path = place.path("two.hindcast");
    writeFileSync(
      place.path("two.cjs"),
      `require("hindcast").track("both", { n: 1 });
       if (process.argv[2] === undefined) require("node:child_process").spawnSync(process.execPath, [__filename, "child"]);`,
    );
    expect((await place.run(["record", "-o", path, "--", "node", "two.cjs"])).code).toBe(0);
    return cli("state", path, "--scope", "both", "--at", "+1s");
  },
  "no-such-scope": () => cli("state", sample, "--scope", "nothing", "--at", "+1s"),
  "no-such-path": () => cli("history", sample, "--scope", "ledger", "--path", "no_such_key"),
  "no-such-path-kept": async () => {
    const { about } = await recordingWithoutItsStart("path-evicted.hindcast");
    return errorOf(await client.call("state.history", { ...about, path: "gone", limit: 10 }));
  },
  "bad-path": () => cli("history", sample, "--scope", "ledger", "--path", "a[[b"),
  "bad-time": () => cli("state", sample, "--scope", "ledger", "--at", "noon"),
  "bad-pattern": () => cli("logs", sample, "--pattern", "("),
  "bad-condition": async () => {
    const opened = await client.call("recording.open", { path: sample });
    if (!opened.ok) throw new Error(opened.error.code);
    const { recordingId } = opened.value;
    return errorOf(await client.call("state.first", { recordingId, text: "balance" }));
  },
  "bad-note": () => cli("notes", sample, "--add", "x", "--at", "+5s", "--to", "+2s"),
  "bad-alert": () => cli("alerts", sample, "--resolve", "no-such-alert"),
  "bad-rules": () => {
    writeFileSync(place.path("bad.rules"), "when heap.used > {}");
    return cli("record", "-o", "none.hindcast", "--rules", "bad.rules", "--", "node", "-e", "1");
  },
  "bad-truth": () => {
    writeFileSync(place.path("truth.rules"), "when heap.used > 1MB { mark() }");
    return cli("backtest", "truth.rules", sample, "--expect", "truth.rules");
  },
  "bad-usage": () => cli("info"),
  "bad-config": () => {
    writeFileSync(place.path("bad.json"), `{"pipeline": [{"stage": "drip"}]}`);
    return cli("record", "-o", "none.hindcast", "--config", "bad.json", "--", "node", "-e", "1");
  },
  "config-not-used": async () => {
    mkdirSync(place.path("wrong"));
    writeFileSync(place.path("wrong/hindcast.config.json"), "{");
    const ended = await place.run(
      ["record", "-o", "none.hindcast", "--", "node", "-e", "1"],
      "",
      {},
      place.path("wrong"),
    );
    return { shown: ended.err };
  },
  "no-rule-file": async () => errorOf(await client.call("ruleFiles.rename", { name: "none.rules", to: "b.rules" })),
  "rule-file-exists": async () => {
    const file = { name: "twice.rules", source: "# once" };
    await client.call("ruleFiles.save", file);
    return errorOf(await client.call("ruleFiles.save", file));
  },
  "rule-file-changed": async () =>
    errorOf(await client.call("ruleFiles.save", { name: "gone.rules", source: "", over: "another version" })),
  "no-such-rule": async () => {
    const opened = await client.call("recording.open", { path: copyOfSample("explained.hindcast") });
    if (!opened.ok) throw new Error(opened.error.code);
    const { recordingId, start: from, end: to } = opened.value;
    const asked = { recordingId, source: "", name: "a", rule: "leak", from, to, at: to, buckets: 1 };
    return errorOf(await client.call("rules.explain", asked));
  },
  "unreadable-rules": () => {
    writeFileSync(place.path("bytes.rules"), Uint8Array.of(0xff, 0xfe));
    return cli("validate", "bytes.rules");
  },
  "unreadable-config": () => {
    writeFileSync(place.path("unreadable.mjs"), `export default "a text";`);
    return cli("record", "-o", "none.hindcast", "--config", "unreadable.mjs", "--", "node", "-e", "1");
  },
  "command-not-found": () => cli("record", "-o", "none.hindcast", "--", "no-such-command-at-all"),
  "bad-token": async () => {
    const serving = place.start(["serve", "--port", "0"]);
    try {
      const address = await serving.printed(/(http:\/\/127\.0\.0\.1:\d+\/)/);
      const [response] = (await once(get(address), "response")) as [NodeJS.ReadableStream];
      let shown = "";
      for await (const chunk of response) shown += String(chunk);
      return { shown };
    } finally {
      serving.child.kill("SIGINT");
      await serving.ended;
    }
  },
  "bad-request": async () => errorOf(await client.call("recording.open", JSON.parse('{"path": 7}'))),
  "engine-lost": async () => {
    const own = await connected();
    // It stands still, so that it cannot answer before it is killed.
    const pid = child.pid ?? 0;
    if (process.platform !== "win32") process.kill(pid, "SIGSTOP");
    const waiting = own.call("recording.open", { path: sample });
    process.kill(pid, "SIGKILL");
    const lost = errorOf(await waiting);
    client = await connected();
    return lost;
  },
  "engine-crashed": async () => {
    const entry = place.path("dies at once.cjs");
    writeFileSync(entry, "process.exit(1);");
    const dying = new EngineChild({ entry, environment: { ...process.env } });
    const error = errorOf(await steadyCallTo(dying)("engine.versions", {}));
    await dying.stop();
    return error;
  },
  "engine-silent": async () => {
    const entry = engineEntry;
    const standing = new EngineChild({ entry, environment: { ...process.env }, silentAfter: 2 });
    const call = steadyCallTo(standing);
    const created = await call("recording.create", { path: place.path("silent.hindcast"), capture: {} });
    if (!created.ok) throw new Error(created.error.code);
    process.kill(standing.pid ?? 0, "SIGSTOP");
    let shown = "";
    const out = new Output(
      new Writable({
        write: (text, _encoding, written) => {
          shown += String(text);
          written();
        },
      }),
    );
    const world = { terminal: { out, err: out, input: process.stdin }, environment: {} };
    const program = { pid: 4711, ending: { kind: "code", code: 0 } } as const;
    await endRecording(world, { call, engine: standing }, created.value.summary, program);
    await standing.stop();
    return { shown: shown.replace(/^.*still being written to.*\n/, "") };
  },
  ...refusals,
  ...launchRefusals(place.root, sample, () => client),
  "wire-version": () => refusedAgent((token) => ({ token, wireVersion: 999 })),
  "port-in-use": async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      return await cli("serve", "--port", String((server.address() as AddressInfo).port));
    } finally {
      server.close();
    }
  },
  "no-browser": async () => {
    // Nothing named, nothing of Playwright's, nothing on the path: only the paths that are searched in any case are left.
    const environment = { PATH: place.root, PLAYWRIGHT_BROWSERS_PATH: place.path("browsers"), HOME: place.root };
    const run = spawn(process.execPath, ["node_modules/tsx/dist/cli.mjs", "tools/test.ts"], { env: environment });
    let shown = "";
    run.stderr.setEncoding("utf8").on("data", (text: string) => (shown += text));
    await once(run, "close");
    return { shown };
  },
  cancelled: async () => {
    const stop = new AbortController();
    const waiting = client.call("recording.open", { path: sample }, stop.signal);
    stop.abort();
    return errorOf(await waiting);
  },
  internal: answeredByMistake,
};

const needsPosix: readonly ErrorCode[] = ["recording-vanished", "engine-silent"];
const needsMount: readonly ErrorCode[] = ["disk-full"];
const needsLinux: readonly string[] = ["cannot-write", ...Object.keys(refusals)];
const hasChrome = existsSync("/opt/google/chrome/chrome") || process.platform !== "linux";

describe("the error catalogue", () => {
  it.for(errorCodes)("%s is met as it says", async (code, { skip }) => {
    if (needsMount.includes(code) && !mayMount) skip("a file system can be mounted by root only");
    if (needsLinux.includes(code) && process.platform !== "linux") skip("written for Linux");
    if (needsPosix.includes(code) && process.platform === "win32")
      skip("Windows removes no file that is open, and stops no process");
    if (code === "no-browser" && hasChrome) skip("there is a Chrome where it is always looked for");
    const provoked = await provoke[code]();
    if ("error" in provoked) {
      expect(provoked.error.code).toBe(code);
      const { message, next } = explain(provoked.error);
      expect(`${message} ${next}`).not.toMatch(/\{\w+\}|\?(?!$)/);
      return;
    }
    const anything = (sentence: string) =>
      sentence.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\\\{\w+\\\}/g, ".+");
    const { message, next } = explain({ code, details: new Proxy({}, { get: (_, name) => `{${String(name)}}` }) });
    expect(provoked.shown).toMatch(new RegExp(anything(message)));
    expect(provoked.shown).toMatch(new RegExp(anything(next)));
    expect(provoked.shown).not.toMatch(/\{\w+\}|undefined| at .*:\d+:\d+/);
  });
});
