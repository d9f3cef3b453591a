// A program that the engine started itself. It lives in a process group of its own, so that what it starts in turn is
// asked to stop with it.
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import { type Result, failed, ok } from "../shared/base/result.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { ProgramEnding } from "./live-recording.js";

/** A program that was asked to stop and has not by then is killed. */
const stopWithinMs = 5000;

export interface Program {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
  /** SIGTERM, and SIGKILL when that does not help. */
  stop(): Promise<void>;
}

export interface ProgramOptions {
  readonly cwd: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly stdout: "ignore" | "pipe";
  /** Of files that the program creates; the engine's own are private. */
  readonly umask: number | undefined;
}

export async function startProgram(
  command: readonly string[],
  options: ProgramOptions,
): Promise<Result<Program, HindcastError>> {
  const { cwd } = options;
  // Node would blame the command.
  if (cwd !== undefined && !(await isFolder(cwd))) return failed(hindcastError("no-such-folder", { path: cwd }));
  const [file = "", ...args] = command;
  const isGroup = process.platform !== "win32";
  const child = spawnWith(options.umask, file, args, {
    cwd,
    env: options.environment,
    stdio: ["ignore", options.stdout, "ignore"],
    detached: isGroup,
    windowsHide: true,
  });
  const problem = await new Promise<Error | undefined>((resolve) => {
    child.once("spawn", () => resolve(undefined));
    child.once("error", resolve);
  });
  if (problem !== undefined)
    return failed(hindcastError("command-not-found", { command: file, reason: reasonOf(problem) }));

  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(isGroup ? -child.pid : child.pid, name);
    } catch {
      // It ended in this moment: `exited` says so.
    }
  };
  const stop = async (): Promise<void> => {
    signal("SIGTERM");
    const impatience = setTimeout(() => signal("SIGKILL"), stopWithinMs);
    await exited;
    clearTimeout(impatience);
  };
  return ok({ child, exited, stop });
}

/** How a program that has stopped ended. */
export const endingOf = ({ child: { pid, exitCode, signalCode } }: Program): ProgramEnding | undefined =>
  pid === undefined ? undefined : { pid, exitCode: exitCode ?? undefined, signal: signalCode ?? undefined };

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
