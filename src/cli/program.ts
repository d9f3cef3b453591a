// The user's program as a child of run and record: its streams are ours, its signals reach it, its ending is known.
import { type ChildProcess, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { type Result, failed, ok } from "../shared/base/result.js";
import { commandArguments } from "../shared/base/shell-options.js";
import { startedCommand } from "../shared/base/windows-command.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { type Ending, ended } from "./terminal.js";
import type { World } from "./world.js";

export interface RunningProgram {
  readonly pid: number;
  readonly ended: Promise<Ending>;
  signal(name: NodeJS.Signals): void;
}

export interface CannotStart {
  readonly error: HindcastError;
  /** As shells answer: 127 not found, 126 found and not executable. */
  readonly exitCode: number;
}

export async function startProgram(
  command: readonly string[],
  cwd: string,
  environment: NodeJS.ProcessEnv,
): Promise<Result<RunningProgram, CannotStart>> {
  const { file, args, windowsVerbatimArguments } = startedCommand(command, process.platform, {
    environment,
    cwd,
    isFile: (path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true,
  });
  const child = spawn(file, commandArguments(file, args, environment["NODE_OPTIONS"]), {
    cwd,
    env: environment,
    stdio: "inherit",
    windowsVerbatimArguments,
  });
  const started = await whetherStarted(child);
  if (started.ok) {
    const ending = new Promise<Ending>((resolve) => {
      child.once("exit", (code, signal) => resolve(signal === null ? ended(code ?? 1) : { kind: "signal", signal }));
    });
    return ok({ pid: started.value, ended: ending, signal: (name) => void child.kill(name) });
  }
  const { code, message } = started.error;
  const reason = code === "ENOENT" ? "not found" : code === "EACCES" ? "not executable" : message;
  return failed({
    error: hindcastError("command-not-found", { command: command[0] ?? "", reason }),
    exitCode: code === "ENOENT" ? 127 : 126,
  });
}

function whetherStarted(child: ChildProcess): Promise<Result<number, NodeJS.ErrnoException>> {
  return new Promise((resolve) => {
    // Once it was started it has an id; none has 0.
    child.once("spawn", () => resolve(ok(child.pid ?? 0)));
    child.once("error", (error) => resolve(failed(error)));
  });
}

/** What the program is started with: NODE_OPTIONS that were set already come after ours and stay in force. */
export function programEnvironment(own: NodeJS.ProcessEnv, added: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const nodeOptions = [added["NODE_OPTIONS"], own["NODE_OPTIONS"]].filter((part) => part !== undefined && part !== "");
  return { ...own, ...added, ...(nodeOptions.length === 0 ? {} : { NODE_OPTIONS: nodeOptions.join(" ") }) };
}

/** Says why a recording will have nothing in it; the program runs all the same. */
export async function noteIfSwitchedOff({ environment, terminal }: World): Promise<void> {
  if (environment["HINDCAST"] !== "off") return;
  await terminal.err.line("hindcast: HINDCAST=off is set, so nothing of the program is recorded. Unset it to record.");
  await terminal.err.flush();
}

/** As `recording.stop` takes it: nobody but the parent knows by which signal a program ended. */
export const howEnded = (pid: number, ending: Ending) =>
  ending.kind === "code" ? { pid, exitCode: ending.code } : { pid, signal: ending.signal };
