// Runs a program of the catalogue to its end, with `hindcast record` or without, and does to it what the ending asks for.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { WebSocket } from "ws";
import type { Ending } from "./catalogue.js";

/** How the command ended that was started: the program, or `hindcast record`. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  readonly notes: Notes;
}

/** What the program noted by its own means. */
export interface Notes {
  readonly last: number;
  /** The last number before its pause. */
  readonly beforePause: number;
  /** Of a program that outlived the shell or host it was started from. */
  readonly exitCode: number | undefined;
}

export interface Start {
  readonly node: string;
  /** What stands before the program's own command. */
  readonly prefix: readonly string[];
  readonly notesFile: string;
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether the program is in the recording: its agent has connected. */
  isRecorded(): boolean;
}

const patienceMs = 60_000;
const noteExitCode = '"$@"; echo "code $?" >> "$0"';
const dieWhenReady = `( ${noteExitCode} ) & until grep -qsx ready "$0"; do sleep 0.05; done; kill -9 $$`;

export async function runProgram(ending: Ending, start: Start): Promise<Ended> {
  const { act } = ending;
  const program = [start.node, ...ending.nodeOptions, join(import.meta.dirname, ending.script), ending.name];
  const own = [...program, start.notesFile];
  const shell = act.kind === "parent dies" ? dieWhenReady : act.kind === "kill host" ? noteExitCode : undefined;
  const command = shell === undefined ? own : ["/bin/sh", "-c", shell, start.notesFile, ...own];
  const [file = "", ...args] = [...start.prefix, ...command];
  // Files: what is written to a pipe may be lost when a program exits, with and without Hindcast.
  const [outFile, errFile] = [join(start.cwd, "out"), join(start.cwd, "err")];
  const [out, err] = [openSync(outFile, "w"), openSync(errFile, "w")];
  const child = spawn(file, args, { cwd: start.cwd, env: start.environment, stdio: ["ignore", out, err] });
  closeSync(out);
  closeSync(err);
  const exited = once(child, "exit");
  const impatience = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  const recorded = setInterval(() => {
    if (start.isRecorded()) writeFileSync(`${start.notesFile}.recorded`, "");
  }, 20);
  try {
    if (act.kind === "attach debugger") await attachAndLetGo(() => readFileSync(errFile, "utf8"));
    else if (act.kind !== "none") {
      await until(() => hasLine(start.notesFile, "ready"), child);
      await actUpon(act, child, exited, start);
    }
    await exited;
  } finally {
    clearTimeout(impatience);
    clearInterval(recorded);
  }
  const [printed, complained] = [outFile, errFile].map((path) => readFileSync(path, "utf8"));
  return {
    code: child.exitCode,
    signal: child.signalCode,
    out: printed ?? "",
    err: complained ?? "",
    notes: notesIn(start.notesFile),
  };
}

async function actUpon(
  act: Exclude<Ending["act"], { kind: "none" } | { kind: "attach debugger" }>,
  child: ChildProcess,
  exited: Promise<unknown>,
  { prefix, notesFile }: Start,
): Promise<void> {
  if (act.kind === "signal") {
    child.kill(act.signal);
    return;
  }
  if (act.kind === "kill program") {
    process.kill(Number(/^pid (\d+)$/m.exec(readFileSync(notesFile, "utf8"))?.[1]), "SIGKILL");
    return;
  }
  const isHosted = prefix.length > 0;
  if (act.kind === "kill host" && isHosted) child.kill("SIGKILL");
  if (act.kind === "parent dies" || isHosted) await exited;
  writeFileSync(`${notesFile}.go`, "");
  await until(() => /^code \d+$/m.test(readFileSync(notesFile, "utf8")), undefined);
}

/** As DevTools do; Node ends when the debugger has let go. */
async function attachAndLetGo(printed: () => string): Promise<void> {
  await until(() => printed().includes("ws://"), undefined);
  const socket = new WebSocket(/ws:\/\/\S+/.exec(printed())?.[0] ?? "");
  await once(socket, "open");
  socket.on("message", (told) => {
    if (Buffer.isBuffer(told) && told.includes("Debugger.paused"))
      socket.send(JSON.stringify({ id: 9, method: "Debugger.resume" }));
  });
  for (const [id, method] of ["Runtime.enable", "Debugger.enable", "Runtime.runIfWaitingForDebugger"].entries())
    socket.send(JSON.stringify({ id, method }));
  await until(() => printed().includes("Waiting for the debugger to disconnect"), undefined);
  socket.close();
}

async function until(isSo: () => boolean, child: ChildProcess | undefined): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !isSo(); await wait(10)) {
    const isGone = child !== undefined && (child.exitCode !== null || child.signalCode !== null);
    if (isGone || Date.now() > deadline) throw new Error(isGone ? "ended too early" : "waited in vain");
  }
}

const hasLine = (file: string, line: string): boolean =>
  existsSync(file) && readFileSync(file, "utf8").split("\n").includes(line);

function notesIn(file: string): Notes {
  const lines = readFileSync(file, "utf8").split("\n");
  const numbers = (text: readonly string[]) => text.filter((line) => line.startsWith("number ")).length;
  const code = lines.find((line) => line.startsWith("code "))?.slice("code ".length);
  return {
    last: numbers(lines),
    beforePause: numbers(lines.slice(0, lines.indexOf("paused"))),
    exitCode: code === undefined ? undefined : Number(code),
  };
}
