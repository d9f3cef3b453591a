// Recordings whose program the engine starts itself: any command, and the bundled demo with its load.
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { CaptureSettings } from "../shared/protocol/agent-wire.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { agentEnvironment, withAgent } from "./agent-environment.js";
import type { OpenRecording } from "./open-recording.js";
import type { Places } from "./places.js";
import { type Program, startProgram } from "./program.js";

export interface LaunchContext {
  readonly places: Places;
  readonly environment: NodeJS.ProcessEnv;
  readonly umask: number | undefined;
}

/** How long the demo's load keeps coming, and how fast. */
const demoLoad = { seconds: 600, rate: 60, seed: 1 };
const demoListensWithinMs = 15_000;
/** The demo runs on the Node that is here already, which may be Electron's. */
const asNode: Readonly<Record<string, string>> = "electron" in process.versions ? { ELECTRON_RUN_AS_NODE: "1" } : {};

/** `onExit` when the program is gone: the recording ends with it. */
export async function launch(
  context: LaunchContext,
  recording: OpenRecording,
  settings: CaptureSettings,
  command: readonly string[],
  cwd: string | undefined,
  onExit: () => void,
): Promise<Result<undefined, HindcastError>> {
  const started = await startRecorded(context, recording, settings, command, cwd, "ignore");
  if (!started.ok) return started;
  void started.value.exited.then(onExit);
  return ok(undefined);
}

export async function launchDemo(
  context: LaunchContext,
  recording: OpenRecording,
  settings: CaptureSettings,
  onExit: () => void,
): Promise<Result<undefined, HindcastError>> {
  const { demo } = context.places;
  const server = await startRecorded(
    context,
    recording,
    settings,
    [process.execPath, join(demo, "server.mjs")],
    demo,
    "pipe",
    asNode,
  );
  if (!server.ok) return server;
  void server.value.exited.then(onExit);
  const url = await listeningAt(server.value);
  if (url === undefined)
    return failed(hindcastError("command-not-found", { command: "the demo", reason: "it did not start listening" }));
  const { seconds, rate, seed } = demoLoad;
  const load = [
    join(demo, "load.mjs"),
    "--url",
    url,
    "--seed",
    String(seed),
    "--seconds",
    String(seconds),
    "--rate",
    String(rate),
  ];
  const generator = await startProgram([process.execPath, ...load], {
    cwd: demo,
    environment: { ...context.environment, ...asNode },
    stdout: "ignore",
    umask: context.umask,
  });
  if (!generator.ok) return generator;
  await keep(recording, generator.value);
  // The demo is over when nobody uses it any more.
  void generator.value.exited.then(() => server.value.stop());
  return ok(undefined);
}

async function startRecorded(
  context: LaunchContext,
  recording: OpenRecording,
  settings: CaptureSettings,
  command: readonly string[],
  cwd: string | undefined,
  stdout: "ignore" | "pipe",
  added: Readonly<Record<string, string>> = {},
): Promise<Result<Program, HindcastError>> {
  const { live } = recording;
  if (live === undefined) return failed(hindcastError("recording-not-live"));
  const recorded = agentEnvironment(context.places.agent, live.server, settings);
  const environment = { ...withAgent(context.environment, recorded), ...added };
  const started = await startProgram(command, { cwd, environment, stdout, umask: context.umask });
  if (started.ok) await keep(recording, started.value);
  return started;
}

/** It is stopped with the recording, and does not stay when this process is killed. */
async function keep({ live }: OpenRecording, program: Program): Promise<void> {
  live?.programs.push(program);
  if (program.pid !== undefined) await live?.server.folder.holdsProgram(program.pid);
}

/** The address that the demo prints; what it prints later is read and forgotten, so that its pipe never fills. */
async function listeningAt({ stdout: output, exited }: Program): Promise<string | undefined> {
  if (output === null) return undefined;
  const lines = createInterface({ input: output });
  const address = (async () => {
    for (;;) {
      const printed: unknown[] = await once(lines, "line");
      const line = printed[0];
      const found = typeof line === "string" ? /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(line) : null;
      if (found !== null) return found[1];
    }
  })();
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), demoListensWithinMs).unref());
  const url = await Promise.race([address.catch(() => undefined), exited.then(() => undefined), late]);
  lines.close();
  output.resume();
  return url;
}
