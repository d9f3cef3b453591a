// Recordings whose program the engine starts itself: any command, and the bundled demo.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Asker } from "../shared/base/asker.js";
import { throwIfCancelled } from "../shared/base/cancel.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { CaptureSettings } from "../shared/protocol/agent-wire.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { agentEnvironment, withAgent } from "./agent-environment.js";
import { prepareCacheFolder } from "./cache-folder.js";
import { newConsolePipes } from "./console/console-pipes.js";
import { ProgramConsole } from "./console/program-console.js";
import { wholeFolder } from "./launch-folder.js";
import type { OpenRecording } from "./open-recording.js";
import type { Places } from "./places.js";
import { type Program, startProgram } from "./program.js";

export interface LaunchContext {
  readonly places: Places;
  readonly environment: NodeJS.ProcessEnv;
  readonly umask: number | undefined;
}

/** Ten minutes of load, and one thing after the other that goes wrong; always the same. */
const demoLoad = ["--load", "600", "--rate", "20", "--seed", "2", "--incident", "random"];
/** Seven processes start first: on a machine that has other work to do that takes its time. */
const demoListensWithinMs = 60_000;
const lookEveryMs = 50;
/** The demo runs on the Node that is here already, which may be Electron's. */
const asNode: Readonly<Record<string, string>> = "electron" in process.versions ? { ELECTRON_RUN_AS_NODE: "1" } : {};

export interface ToLaunch {
  readonly command: readonly string[];
  readonly cwd?: string | undefined;
  /** On top of the engine's own. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** `onExit` when the program is gone: the recording ends with it. */
export async function launch(
  context: LaunchContext,
  recording: OpenRecording,
  settings: CaptureSettings,
  what: ToLaunch,
  onExit: () => void,
): Promise<Result<undefined, HindcastError>> {
  const started = await startRecorded(context, recording, settings, what);
  if (!started.ok) return started;
  void started.value.exited.then(onExit);
  return ok(undefined);
}

/** Throws `Cancelled` when who asks gives up. What was started by then is stopped with the recording. */
export async function launchDemo(
  context: LaunchContext,
  recording: OpenRecording,
  settings: CaptureSettings,
  onExit: () => void,
  asker: Asker,
): Promise<Result<undefined, HindcastError>> {
  const { demo } = context.places;
  const { live } = recording;
  if (live === undefined) return failed(hindcastError("recording-not-live"));
  const addressFile = join(live.address.folder.path, "demo-address");
  const command = [process.execPath, join(demo, "system.mjs"), "--address-file", addressFile, ...demoLoad];
  const system = await startRecorded(context, recording, settings, { command, cwd: demo, environment: asNode });
  if (!system.ok) return system;
  void system.value.exited.then(onExit);
  if ((await addressIn(addressFile, system.value, asker)) !== undefined) return ok(undefined);
  return failed(hindcastError("command-not-found", { command: "the demo", reason: "it did not start listening" }));
}

async function startRecorded(
  context: LaunchContext,
  recording: OpenRecording,
  settings: CaptureSettings,
  { command, cwd, environment: added = {} }: ToLaunch,
): Promise<Result<Program, HindcastError>> {
  const { live } = recording;
  if (live === undefined) return failed(hindcastError("recording-not-live"));
  live.pipeline = settings.pipeline ?? [];
  await prepareCacheFolder(context.places.cache);
  const recorded = agentEnvironment(context.places.agent, live.address, settings, context.places.cache);
  const folder = cwd === undefined ? undefined : wholeFolder(cwd);
  const environment = withAgent({ ...context.environment, ...added }, recorded);
  const console = new ProgramConsole(await newConsolePipes(live.address.folder.path), recording.onConsole);
  await recording.program.begins(live, console, { command, cwd: folder ?? process.cwd() });
  const started = await startProgram(command, { cwd: folder, environment, umask: context.umask, console });
  if (started.ok) await keep(recording, started.value);
  return started;
}

/** It is stopped with the recording, and does not stay when this process is killed. */
async function keep({ live }: OpenRecording, program: Program): Promise<void> {
  live?.programs.push(program);
  if (program.pid !== undefined) await live?.address.folder.holdsProgram(program.pid);
}

/** The address that the demo wrote; undefined when it ended or took too long. */
async function addressIn(file: string, { exited }: Program, { signal, tell }: Asker): Promise<string | undefined> {
  const deadline = performance.now() + demoListensWithinMs;
  const ended = exited.then(() => "ended" as const);
  while (performance.now() < deadline) {
    throwIfCancelled(signal);
    tell({ phase: "Waiting for the demo to listen", done: 0, unit: "share" });
    const url = await readFile(file, "utf8").catch(() => undefined);
    if (url !== undefined) return url;
    if ((await Promise.race([ended, wait(lookEveryMs)])) === "ended") return undefined;
  }
  return undefined;
}
