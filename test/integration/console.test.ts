// The console of programs that the engine starts, what they are told while they run, and how they are started again: real
// processes, recorded by the built agent.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Engine, createEngine } from "../../src/engine/index.js";
import type { CallArgs, CallResult, EngineCallName } from "../../src/shared/protocol/engine-calls.js";
import type { HindcastError } from "../../src/shared/protocol/errors.js";
import { neverCancelled } from "../../src/shared/base/cancel.js";
import type { Result } from "../../src/shared/base/result.js";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Says what it is told, by what it is asked to say it; prints all the time, and stays until it is told to go. */
const echo = `
  const state = require("hindcast").track("said", { lines: 0 });
  console.log("ready", process.env.GREETING ?? "nothing");
  let rest = "";
  process.stdin.setEncoding("utf8").on("data", (text) => {
    const lines = (rest + text).split("\\n");
    rest = lines.pop();
    for (const line of lines) {
      state.lines++;
      if (line === "exit") process.exit(3);
      console.log("out " + line);
      console.error("err " + line);
    }
  });
  process.on("SIGINT", () => console.log("interrupted"));
`;

describe("a program that the engine started", () => {
  let folder: string;
  let engine: Engine;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast console "));
    writeFileSync(join(folder, "echo.cjs"), echo);
    engine = createEngine({
      packageFolder,
      environment: {
        ...process.env,
        PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}`,
        XDG_DATA_HOME: join(folder, "data"),
        XDG_STATE_HOME: join(folder, "state"),
      },
    });
  });
  afterEach(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const attempt = <Name extends EngineCallName>(
    name: Name,
    args: CallArgs<Name>,
  ): Promise<Result<CallResult<Name>, HindcastError>> => engine.handlers[name](args, neverCancelled);

  async function call<Name extends EngineCallName>(name: Name, args: CallArgs<Name>): Promise<CallResult<Name>> {
    const answer = await attempt(name, args);
    if (!answer.ok) throw new Error(JSON.stringify(answer.error));
    return answer.value;
  }

  const codeOf = async <Name extends EngineCallName>(name: Name, args: CallArgs<Name>): Promise<string> => {
    const answer = await attempt(name, args);
    return answer.ok ? "ok" : answer.error.code;
  };

  const until = async <Value>(look: () => Promise<Value | undefined>): Promise<Value> => {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };

  const start = (args: Partial<CallArgs<"recording.launch">> = {}): Promise<CallResult<"recording.launch">> =>
    call("recording.launch", { command: [process.execPath, "echo.cjs"], cwd: folder, capture: {}, ...args });

  const shown = async (recordingId: string): Promise<string> =>
    (await call("console.read", { recordingId, after: 0 })).entries
      .map(({ stream, text }) => text.replace(/^/gm, `${stream}:`).replace(new RegExp(`${stream}:$`), ""))
      .join("");

  const whenShown = (recordingId: string, text: string): Promise<string> =>
    until(async () => {
      const all = await shown(recordingId);
      return all.includes(text) ? all : undefined;
    });

  const whenSaved = (recordingId: string): Promise<CallResult<"recording.summary">> =>
    until(async () => {
      const summary = await call("recording.summary", { recordingId });
      return summary.state === "saved" ? summary : undefined;
    });

  it("shows what it prints and is told, takes signals, ends with its code, and starts again into a new recording", async () => {
    const first = await start({ environment: { GREETING: "hello", API_TOKEN: "x" } });
    const { recordingId } = first;
    expect(first.launched).toEqual({ command: [process.execPath, "echo.cjs"], cwd: folder, canRestart: true });
    await whenShown(recordingId, "out:ready hello");
    await call("console.write", { recordingId, text: "one\n" });
    expect(await whenShown(recordingId, "err:err one")).toContain("in:one\nout:out one\nerr:err one\n");
    await call("program.signal", { recordingId, signal: "SIGINT" });
    await whenShown(recordingId, "out:interrupted");
    expect(await codeOf("console.write", { recordingId, text: "x".repeat(5000) })).toBe("input-too-long");
    await call("console.write", { recordingId, text: "exit\n" });
    await whenSaved(recordingId);
    const { program, next } = await call("console.read", { recordingId, after: 0 });
    expect(program).toMatchObject({ isRunning: false, exitCode: 3, takesInput: false });
    expect(await codeOf("console.write", { recordingId, text: "two\n" })).toBe("program-not-running");
    expect(await codeOf("program.signal", { recordingId, signal: "SIGTERM" })).toBe("program-not-running");
    expect((await call("console.read", { recordingId, after: next })).entries).toEqual([]);

    const again = await call("recording.restart", { recordingId });
    expect(again.recordingId).not.toBe(recordingId);
    await whenShown(again.recordingId, "out:ready hello");
    await until(async () => {
      const { processes } = await call("recording.summary", { recordingId: again.recordingId });
      return processes.length === 1 ? true : undefined;
    });
    // It runs: it is stopped, and its recording kept.
    const third = await call("recording.restart", { recordingId: again.recordingId });
    expect((await whenSaved(again.recordingId)).processes).toHaveLength(1);
    await whenShown(third.recordingId, "out:ready hello");
  });

  it("that does not read its input takes no more than there is room for, and one without console has none", async () => {
    writeFileSync(join(folder, "deaf.cjs"), `console.log("deaf"); setInterval(() => {}, 1000);`);
    const { recordingId } = await start({ command: [process.execPath, "deaf.cjs"] });
    await whenShown(recordingId, "out:deaf");
    const line = `${"x".repeat(4000)}\n`;
    const codes: string[] = [];
    while (codes.at(-1) !== "input-not-taken" && codes.length < 100)
      codes.push(await codeOf("console.write", { recordingId, text: line }));
    expect(codes.at(-1)).toBe("input-not-taken");
    const { summary } = await call("recording.create", { capture: {} });
    expect(await codeOf("console.read", { recordingId: summary.recordingId, after: 0 })).toBe("no-console");
    expect(await codeOf("recording.restart", { recordingId: summary.recordingId })).toBe("cannot-restart");
  });

  it("goes on while recording is paused, which is a gap and no loss; its state is true again afterwards", async () => {
    const { recordingId } = await start();
    await whenShown(recordingId, "out:ready");
    await call("console.write", { recordingId, text: "before\n" });
    await whenShown(recordingId, "out:out before");
    await call("recording.pause", { recordingId, paused: true });
    const { pausedSince } = await call("recording.summary", { recordingId });
    expect(pausedSince).toBeTypeOf("bigint");
    // It is told within a second or so: from the first line on that is not recorded it is paused.
    const logged = async (): Promise<readonly string[]> =>
      (await call("logs.page", { recordingId, first: 0, limit: 1000 })).bodies;
    let told = 0;
    await until(async () => {
      await call("console.write", { recordingId, text: `paused ${++told}\n` });
      await whenShown(recordingId, `err:err paused ${told}\n`);
      await new Promise((resolve) => setTimeout(resolve, 400));
      return (await logged()).includes(`err paused ${told}`) ? undefined : told;
    });
    const until_ = told + 3;
    while (told < until_) await call("console.write", { recordingId, text: `paused ${++told}\n` });
    await whenShown(recordingId, `err:err paused ${told}\n`);
    await call("recording.pause", { recordingId, paused: false });
    expect((await call("recording.summary", { recordingId })).pausedSince).toBeUndefined();
    const gap = await until(async () =>
      (await call("timeline.marks", { recordingId })).find(({ reason }) => reason === "paused"),
    );
    expect(gap.label).toMatch(/^recording was paused \(.*log lines.*\)$/);
    expect(gap.lost).toBeGreaterThanOrEqual(6);
    expect(gap.since).toBeLessThan(gap.instant);
    await call("console.write", { recordingId, text: "after\n" });
    await until(async () => ((await logged()).includes("out after") ? true : undefined));
    expect(await logged()).not.toContain(`out paused ${told}`);
    await until(async () => {
      const { end } = await call("recording.summary", { recordingId });
      const at = { kind: "instant", instant: end } as const;
      const rows = await call("state.rows", {
        ...{ recordingId, process: 1, scope: "said", at },
        ...{ expanded: [""], offset: 0, limit: 10 },
      });
      return rows.values.includes(String(told + 2)) ? true : undefined;
    });
    expect((await call("recording.summary", { recordingId })).counts.lost).toBe(0);
  });

  it("has places that open in an editor, by the arguments that stand for them and no shell", async () => {
    writeFileSync(
      join(folder, "code"),
      `#!/bin/sh\nprintf '%s\\n' "$@" > "${join(folder, "opened.new")}"; mv "${join(folder, "opened.new")}" "${join(folder, "opened")}"`,
    );
    chmodSync(join(folder, "code"), 0o755);
    const script = join(folder, "it's $(echo).cjs");
    const named = `require("hindcast").event("at", { "code.file.path": "package.json" });`;
    writeFileSync(script, `${named}${echo}`);
    const { recordingId } = await start({ command: [process.execPath, script] });
    await whenShown(recordingId, "out:ready");
    await call("console.write", { recordingId, text: "one\n" });
    const entry = await until(async () => {
      const { end } = await call("recording.summary", { recordingId });
      const about = { recordingId, process: 1, scope: "said", path: "lines" };
      const found = await attempt("state.lastWriter", { ...about, at: { kind: "instant", instant: end } });
      return found.ok && found.value.write?.newText === "1" ? found.value.write : undefined;
    });
    const { file = "", line = 0, column = 0 } = entry.location ?? {};
    const { command } = await call("editor.open", { recordingId, file, line, column, editor: "vscode" });
    expect(command).toEqual([join(folder, "code"), "-g", `${script}:${line}:${column}`]);
    await until(() => Promise.resolve(existsSync(join(folder, "opened")) ? true : undefined));
    expect(readFileSync(join(folder, "opened"), "utf8")).toBe(`-g\n${script}:${line}:${column}\n`);
    const elsewhere = { recordingId, file: join(folder, "echo.cjs"), line: 1, column: 1, editor: "vscode" } as const;
    expect(await codeOf("editor.open", elsewhere)).toBe("not-a-recorded-place");
    expect(await codeOf("editor.open", { ...elsewhere, file: script.slice(1) })).toBe("not-a-recorded-place");
    // There is one where the engine runs; but what is no whole path could be an option to the editor.
    expect(existsSync("package.json")).toBe(true);
    expect(await codeOf("editor.open", { ...elsewhere, file: "package.json" })).toBe("source-missing");
  });

  it("is recorded at another level from when it is told, in both directions", async () => {
    const { recordingId } = await start({ capture: { level: "metrics" } });
    await whenShown(recordingId, "out:ready");
    const logged = async (): Promise<readonly string[]> =>
      (await call("logs.page", { recordingId, first: 0, limit: 1000 })).bodies;
    let told = 0;
    const untilLast = (isLogged: boolean): Promise<unknown> =>
      until(async () => {
        await call("console.write", { recordingId, text: `line ${++told}\n` });
        await whenShown(recordingId, `err:err line ${told}\n`);
        await new Promise((resolve) => setTimeout(resolve, 500));
        return (await logged()).includes(`err line ${told}`) === isLogged ? true : undefined;
      });
    await untilLast(false);
    expect(told).toBe(1);
    await call("recording.level", { recordingId, level: "requests" });
    await untilLast(true);
    expect((await call("recording.summary", { recordingId })).level).toBe("requests");
    await call("recording.level", { recordingId, level: "metrics" });
    await untilLast(false);
    await call("console.write", { recordingId, text: "exit\n" });
    expect((await whenSaved(recordingId)).processes[0]?.ended?.exitCode).toBe(3);
    expect(await codeOf("recording.pause", { recordingId, paused: true })).toBe("recording-not-live");
  });
});

describe("what is offered and saved to start programs", () => {
  let folder: string;
  let engine: Engine;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hindcast-saved-"));
    engine = createEngine({ packageFolder, environment: { ...process.env, XDG_STATE_HOME: join(folder, "state") } });
  });
  afterEach(async () => {
    await engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  const form: CallArgs<"launch.save"> = {
    name: "Server",
    folder: "/srv/shop",
    commandLine: "npm run dev",
    environment: [],
    level: "requests",
    include: [],
    exclude: [],
    writes: true,
    keepAge: "",
    keepSize: "",
  };

  it("are the scripts of a folder's package.json and who runs them, or what is wrong with it", async () => {
    const look = (cwd: string) => engine.handlers["launch.folder"]({ cwd }, neverCancelled);
    expect(await look(join(folder, "none"))).toMatchObject({ ok: false, error: { code: "no-such-folder" } });
    expect(await look(folder)).toEqual({ ok: true, value: { folder, runner: "npm", scripts: [] } });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "shop", scripts: { dev: "node a.js" } }));
    writeFileSync(join(folder, "pnpm-lock.yaml"), "");
    expect(await look(folder)).toEqual({
      ok: true,
      value: { folder, packageName: "shop", runner: "pnpm", scripts: [{ name: "dev", command: "node a.js" }] },
    });
    writeFileSync(join(folder, "package.json"), "{");
    expect(await look(folder)).toMatchObject({ ok: false, error: { code: "bad-package-json" } });
  });

  it("are kept from one engine to the next, without secrets", async () => {
    const { handlers } = engine;
    const environment = [
      { name: "PORT", value: "3000" },
      { name: "DB_PASSWORD", value: "hunter22hunter" },
    ];
    const saved = await handlers["launch.save"]({ ...form, environment }, neverCancelled);
    if (!saved.ok) throw new Error(saved.error.code);
    const kept = readFileSync(join(folder, "state", "hindcast", "launches.json"), "utf8");
    expect(kept).not.toContain("hunter22");
    expect(saved.value.environment).toEqual([{ name: "PORT", value: "3000" }, { name: "DB_PASSWORD" }]);
    const { id } = saved.value;
    await handlers["launch.save"]({ ...form, id, name: "Shop" }, neverCancelled);
    await handlers["launch.save"]({ ...form, name: "Shop, a second time" }, neverCancelled);
    const list = await handlers["launch.list"]({}, neverCancelled);
    expect(list.ok && list.value.map(({ name }) => name)).toEqual(["Shop", "Shop, a second time"]);
    expect(await handlers["launch.delete"]({ id }, neverCancelled)).toEqual({ ok: true, value: {} });
    expect(await handlers["launch.delete"]({ id }, neverCancelled)).toMatchObject({
      ok: false,
      error: { code: "no-such-launch" },
    });
    expect(await handlers["launch.save"]({ ...form, id }, neverCancelled)).toMatchObject({
      ok: false,
      error: { code: "no-such-launch" },
    });
  });
});
