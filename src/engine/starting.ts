// Calls that begin a recording: made, and something started into it. What nobody waits for any more when it has begun is not
// left running.
import { mkdir } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { Asker } from "../shared/base/asker.js";
import { type CancelSignal, Cancelled, throwIfCancelled } from "../shared/base/cancel.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import { attachTo, nameOfTarget } from "./attach/attaching.js";
import type { NodeBinaries } from "./attach/node-binaries.js";
import { nodePrograms } from "./attach/node-programs.js";
import { AttachedProgram } from "./attached-program.js";
import type { CaptureSettings } from "../shared/protocol/agent-wire.js";
import type { CallArgs, CallResult, EngineCallName } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { RecordingLimits } from "../shared/protocol/recording-summary.js";
import { agentEnvironment } from "./agent-environment.js";
import { prepareCacheFolder } from "./cache-folder.js";
import { type LaunchContext, launch, launchDemo } from "./launch.js";
import type { OpenRecording } from "./open-recording.js";
import { wholeFolder } from "./launch-folder.js";
import { programName, recordingFileName } from "./places.js";
import type { Recordings } from "./recordings.js";
import type { SavedLaunches } from "./saved-launches.js";
import type { Limits } from "./store/flight-store.js";
import { underWords } from "./store/watched.js";

export interface StartingContext {
  readonly recordings: Recordings;
  readonly launch: LaunchContext;
  readonly binaries: NodeBinaries;
  readonly saved: SavedLaunches;
}

type Answer<Name extends EngineCallName> = Promise<Result<CallResult<Name>, HindcastError>>;

export async function unlessGivenUp<Value>(
  work: () => Promise<Result<Value, HindcastError>>,
): Promise<Result<Value, HindcastError>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Cancelled) return failed(hindcastError("cancelled"));
    throw error;
  }
}

/** By name, whether set or not: a setting that this file forgets is a type error, not an option without effect. */
type EverySetting = { readonly [Setting in keyof Required<CaptureSettings>]: CaptureSettings[Setting] };

const settingsFrom = (capture: CallArgs<"recording.create">["capture"]): EverySetting => ({
  level: capture.level ?? "requests",
  include: capture.include ?? [],
  exclude: capture.exclude ?? [],
  writes: capture.writes ?? true,
  blockMs: capture.blockMs,
  collectionMs: capture.collectionMs,
  blockStacks: capture.blockStacks,
  propagate: capture.propagate,
  delivery: capture.delivery,
  redaction: capture.redaction,
  pipeline: capture.pipeline,
  sources: capture.sources,
  state: capture.state,
  lines: capture.lines,
});

const limitsFrom = (limits: RecordingLimits | undefined): Limits => ({
  maxAgeNs: limits?.maxAgeMs === undefined ? undefined : BigInt(limits.maxAgeMs) * 1_000_000n,
  maxBytes: limits?.maxBytes,
});

/** In the folder for recordings that nobody named, which is made; nobody else's folder is. */
async function pathFor(context: StartingContext, program: string): Promise<string> {
  await makeRecordingsFolder(context);
  return context.recordings.newPaths.take(
    join(context.launch.places.recordings, recordingFileName(program, new Date())),
  );
}

/** Where it cannot be made, who writes into it says so. */
export const makeRecordingsFolder = ({ launch: { places } }: StartingContext): Promise<unknown> =>
  mkdir(places.recordings, { recursive: true, mode: 0o700 }).catch(() => undefined);

export async function createRecording(
  context: StartingContext,
  { path, capture, limits }: CallArgs<"recording.create">,
  signal: CancelSignal,
): Answer<"recording.create"> {
  const created = await context.recordings.create(path ?? (await pathFor(context, "recording")), limitsFrom(limits));
  if (!created.ok) return created;
  if (signal.aborted) return givenUp(context, created.value);
  const { live } = created.value;
  if (live === undefined) return failed(hindcastError("recording-not-live"));
  const settings = settingsFrom(capture);
  live.pipeline = settings.pipeline ?? [];
  const { places } = context.launch;
  await prepareCacheFolder(places.cache);
  const environment = agentEnvironment(places.agent, live.address, settings, places.cache);
  return ok({ summary: await created.value.summary(), environment });
}

export async function launchProgram(
  context: StartingContext,
  args: CallArgs<"recording.launch">,
  asker: Asker,
): Answer<"recording.launch"> {
  const path = args.path ?? (await pathFor(context, programName(args.command, wholeFolder(args.cwd ?? ""))));
  return startInto(context, { path, limits: args.limits, asker }, (recording, onExit) => {
    const { path: _named, ...again } = args;
    recording.program.startAgain = (byWhom) => launchProgram(context, again, byWhom);
    return launch(context.launch, recording, settingsFrom(args.capture), args, onExit);
  });
}

/** Into a new recording: one is of one run, from its start to its end. What still runs is stopped, and saved. */
export async function restartProgram(
  { recordings }: StartingContext,
  recording: OpenRecording,
  asker: Asker,
): Answer<"recording.restart"> {
  const { startAgain } = recording.program;
  if (startAgain === undefined) return failed(hindcastError("cannot-restart"));
  if (recording.live !== undefined) {
    const stopped = await recordings.stop(recording, undefined, asker);
    if (!stopped.ok && stopped.error.code === "cancelled") return stopped;
  }
  return startAgain(asker);
}

export async function recordDemo(
  context: StartingContext,
  { limits }: CallArgs<"recording.demo">,
  asker: Asker,
): Answer<"recording.demo"> {
  const path = await pathFor(context, "ledger");
  return startInto(context, { path, limits, asker }, (recording, onExit) => {
    recording.program.startAgain = (byWhom) => recordDemo(context, { limits }, byWhom);
    return launchDemo(context.launch, recording, settingsFrom({}), onExit, asker);
  });
}

/** Hindcast's own processes are none of them. */
export async function listPrograms({
  recordings,
  launch: { places },
  binaries,
}: StartingContext): Promise<CallResult<"programs.list">> {
  const built = dirname(dirname(places.agent));
  const programs = await nodePrograms(binaries, (script) => script.startsWith(`${built}${sep}`));
  const { livePids } = recordings;
  return programs.map((program) =>
    livePids.has(program.pid)
      ? {
          ...program,
          isRecorded: true,
          obstacle: hindcastError("already-recorded", { target: `Process ${program.pid}` }),
        }
      : program,
  );
}

/** Ends with the program, and the program's part in it with the recording: it goes on as it was. */
export async function attachProgram(
  context: StartingContext,
  args: CallArgs<"recording.attach">,
  asker: Asker,
): Answer<"recording.attach"> {
  const path = args.path ?? (await pathFor(context, (await nameOfTarget(args.target)) ?? "attached"));
  return startInto(context, { path, limits: args.limits, asker }, async (recording, onExit) => {
    let phase = "";
    const atStage = (words: string): void => {
      throwIfCancelled(asker.signal);
      phase = words;
    };
    return underWords(
      asker,
      () => ({ phase, done: 0, unit: "share" }),
      () => attachInto(context, args, { recording, onExit, atStage }),
    );
  });
}

interface ToAttachInto {
  readonly recording: OpenRecording;
  readonly onExit: () => void;
  readonly atStage: (words: string) => void;
}

async function attachInto(
  context: StartingContext,
  { target, signal = false, track = [], capture }: CallArgs<"recording.attach">,
  { recording, onExit, atStage }: ToAttachInto,
): Promise<Result<undefined, HindcastError>> {
  const { live } = recording;
  if (live === undefined) return failed(hindcastError("recording-not-live"));
  const { address } = live;
  const settings = atMostRequests(settingsFrom(capture));
  live.pipeline = settings.pipeline ?? [];
  const agentFile = context.launch.places.agent;
  const given = { target, maySignal: signal, track, settings, agentFile, address, atStage };
  const pid = await attachTo(given, context.binaries);
  if (!pid.ok) return pid;
  const named = `Process ${pid.value}`;
  const owner = await address.folder.isAttachedTo(pid.value);
  if (owner === undefined) return failed(hindcastError("program-ended", { target: named }));
  const program = new AttachedProgram(owner, live.recorder);
  live.programs.push(program);
  atStage("Waiting for its first records");
  if (!(await program.hasConnected()))
    return failed(hindcastError("cannot-attach", { target: named, reason: "its recorder did not connect" }));
  void program.exited.then(onExit);
  return ok(undefined);
}

/** What is loaded is not rewritten any more: calls and lines cannot be seen, nor writes where they happen. */
const atMostRequests = (settings: CaptureSettings): CaptureSettings => ({
  ...settings,
  level: settings.level === "metrics" ? "metrics" : "requests",
  writes: false,
});

/** Nobody waits for what was begun any more, and nobody would end it. */
async function givenUp(
  { recordings }: StartingContext,
  recording: OpenRecording,
): Promise<Result<never, HindcastError>> {
  await recordings.discard(recording);
  return failed(hindcastError("cancelled"));
}

interface ToStart {
  readonly path: string;
  readonly limits: RecordingLimits | undefined;
  readonly asker: Asker;
}

/**
 * A recording that ends with what was started into it, and is not kept when that could not be started, or was given up
 * before it was answered.
 */
async function startInto(
  context: StartingContext,
  { path, limits, asker }: ToStart,
  start: (recording: OpenRecording, onExit: () => void) => Promise<Result<undefined, HindcastError>>,
): Answer<"recording.launch"> {
  const { recordings } = context;
  const created = await recordings.create(path, limitsFrom(limits));
  if (!created.ok) return created;
  const recording = created.value;
  const started = await unlessGivenUp(() => start(recording, () => void recordings.stop(recording)));
  if (asker.signal.aborted) return givenUp(context, recording);
  // The engine may be told to stop, and what was started may end, before that is answered.
  if (started.ok) return recording.isOpen ? ok(await recording.summary()) : failed(hindcastError("recording-closed"));
  await recordings.discard(recording);
  return started;
}
