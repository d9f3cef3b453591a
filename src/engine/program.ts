// A program that the engine started itself. It lives in a process group of its own, so that what it starts in turn is
// asked to stop with it.
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { type Result, failed, ok } from "../shared/base/result.js";
import { commandArguments } from "../shared/base/shell-options.js";
import { startedCommand } from "../shared/base/windows-command.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { Followed, ProgramConsole } from "./console/program-console.js";
import { type Owner, isRunning } from "./private-folder.js";
import type { ProgramEnding } from "./recorded-processes.js";

/** A program that was asked to stop and has not by then is killed. */
const stopWithinMs = 5000;
/** Between two looks whether a program that is not our child still runs. */
const adoptedEveryMs = 100;
const isGroup = process.platform !== "win32";

export interface Program {
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  readonly exited: Promise<void>;
  /** How it ended, as far as that is known; undefined before. */
  ending(): ProgramEnding | undefined;
  /** SIGTERM, and SIGKILL when that does not help. */
  stop(): Promise<void>;
}

export type StartedProgram = Program & Followed;

export interface ProgramOptions {
  readonly cwd: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  /** Of files that the program creates; the engine's own are private. */
  readonly umask: number | undefined;
  /** What it reads and prints to; undefined: nothing. */
  readonly console: ProgramConsole;
}

export async function startProgram(
  command: readonly string[],
  options: ProgramOptions,
): Promise<Result<StartedProgram, HindcastError>> {
  const { cwd } = options;
  // Node would blame the command.
  if (cwd !== undefined && !(await isFolder(cwd))) return failed(hindcastError("no-such-folder", { path: cwd }));
  const { file, args, windowsVerbatimArguments } = startedCommand(command, process.platform, {
    environment: options.environment,
    cwd: cwd ?? process.cwd(),
    isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
  });
  const child = spawnWith(options.umask, file, commandArguments(file, args, options.environment["NODE_OPTIONS"]), {
    windowsVerbatimArguments,
    cwd,
    env: options.environment,
    // No pipe of ours: a program that prints to an engine that was killed would be killed by it.
    stdio: options.console.pipes?.stdio ?? "ignore",
    detached: isGroup,
    windowsHide: true,
  });
  const problem = await new Promise<Error | undefined>((resolve) => {
    child.once("spawn", () => resolve(undefined));
    child.once("error", resolve);
  });
  if (problem !== undefined) {
    options.console.dispose();
    return failed(hindcastError("command-not-found", { command: command[0] ?? "", reason: reasonOf(problem) }));
  }

  const { pid } = child;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const signal = (name: NodeJS.Signals): void => {
    if (pid !== undefined && child.exitCode === null && child.signalCode === null) signalGroup(pid, name);
  };
  const program: StartedProgram = {
    pid,
    exited,
    ending: () =>
      pid === undefined
        ? undefined
        : { pid, exitCode: child.exitCode ?? undefined, signal: child.signalCode ?? undefined },
    signal,
    stop: () => stopped(exited, signal),
  };
  options.console.follow(program, child);
  return ok(program);
}

/** One that an engine before this one started. How it ends only it can say. */
export function adoptProgram(owner: Owner): StartedProgram {
  const { pid } = owner;
  let hasExited = false;
  const exited = (async () => {
    while (await isRunning(owner)) await wait(adoptedEveryMs, undefined, { ref: false });
    hasExited = true;
  })();
  const signal = (name: NodeJS.Signals): void => {
    if (!hasExited) signalGroup(pid, name);
  };
  return { pid, exited, ending: () => undefined, signal, stop: () => stopped(exited, signal) };
}

async function stopped(exited: Promise<void>, signal: (name: NodeJS.Signals) => void): Promise<void> {
  signal("SIGTERM");
  const impatience = setTimeout(() => signal("SIGKILL"), stopWithinMs);
  await exited;
  clearTimeout(impatience);
}

function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(isGroup ? -pid : pid, name);
  } catch {
    // It ended in this moment: `exited` says so.
  }
}

function spawnWith(
  umask: number | undefined,
  file: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  if (umask === undefined) return spawn(file, args, options);
  const own = process.umask(umask);
  try {
    return spawn(file, args, options);
  } finally {
    process.umask(own);
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

const reasonOf = (error: Error): string =>
  "code" in error && error.code === "ENOENT"
    ? "not found"
    : "code" in error && error.code === "EACCES"
      ? "not executable"
      : error.message;
