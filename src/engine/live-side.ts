// What an open recording has besides its file while it is made: the recorder, where agents connect, the programs that were
// started into it. How that begins, goes on after an engine that is gone, and ends.
import { setTimeout as wait } from "node:timers/promises";
import type { CallProgress } from "../shared/base/asker.js";
import { type Result, ok } from "../shared/base/result.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import type { Pipeline } from "../shared/protocol/pipeline-stages.js";
import { type AgentAddress, newAgentAddress } from "./agent-server.js";
import { AttachedProgram } from "./attached-program.js";
import { reopenConsolePipes } from "./console/console-pipes.js";
import { ProgramConsole } from "./console/program-console.js";
import type { Door, ReadingDoors } from "./door/reading-doors.js";
import type { EngineHost, RecordingNote } from "./private-folder.js";
import { type Program, type StartedProgram, adoptProgram } from "./program.js";
import type { ProgramEnding } from "./recorded-processes.js";
import type { ListensAt } from "./recorder/messages.js";
import { Recorder } from "./recorder/recorder.js";
import type { Limits } from "./store/flight-store.js";

export interface Live {
  readonly recorder: Recorder;
  readonly address: AgentAddress;
  readonly programs: Program[];
  /** Where others read it; undefined: nowhere. */
  readonly door: Door | undefined;
  /** What the engine after this one has to know. */
  note: RecordingNote;
  /** What records go through; undefined where an engine before this one began, and nobody has said anew. */
  pipeline?: Pipeline;
}

export interface RecordingEvents {
  readonly durabilityMs?: number | undefined;
  readonly diskReserveBytes?: number | undefined;
  readonly mostBaseBytes?: number | undefined;
  onChange(): void;
  onConsole(): void;
  onFailure(error: HindcastError): void;
}

/** What of the engine around it a live recording needs. */
export interface RecordingSurroundings {
  readonly appVersion: string;
  readonly host: EngineHost | undefined;
  /** The built file of the thread that records; without one recording happens on this thread. */
  readonly recorderThread: URL | undefined;
  readonly doors: ReadingDoors;
}

/** What a program that has ended still had on its way is here by then; one that goes on is cut off. */
const quietWithinMs = 1500;

/** Longer than agents wait between two attempts to connect, and than a program takes to start. */
const agentsReturnWithinMs = 10_000;
/** After every program has said good-bye: a script may start another one. */
const nextProgramWithinMs = 2000;

export async function beginLive(
  id: string,
  path: string,
  { appVersion, host, recorderThread, doors }: RecordingSurroundings,
  events: RecordingEvents,
  limits: Limits,
): Promise<Result<Live, HindcastError>> {
  const recorder = startRecorder(recorderThread, events);
  const created = BigInt(Date.now()) * 1_000_000n;
  const address = await newAgentAddress(host);
  const { durabilityMs, diskReserveBytes, mostBaseBytes } = events;
  const listensAt = placeOf(address);
  const about = { path, created, appVersion, listensAt, durabilityMs, diskReserveBytes, mostBaseBytes, limits };
  const begun = await recorder.create(about);
  if (!begun.ok) {
    await address.folder.dispose();
    return begun;
  }
  const door = await doors.open({ id, path }, address.folder.path);
  const note = { id, path, ...placeOf(address), ...(door === undefined ? {} : { door: door.address }) };
  await address.folder.holdsRecording(note);
  return ok({ recorder, address, programs: [], door, note });
}

/** Goes on where an engine that is gone was: agents connect where they did. */
export async function resumeLive(
  note: RecordingNote,
  address: AgentAddress,
  { recorderThread, doors }: RecordingSurroundings,
  events: RecordingEvents,
): Promise<Result<{ readonly live: Live; readonly console: ProgramConsole | undefined }, HindcastError>> {
  const recorder = startRecorder(recorderThread, events);
  const { durabilityMs, diskReserveBytes, mostBaseBytes } = events;
  const listensAt = placeOf(address);
  const begun = await recorder.resume({ path: note.path, listensAt, durabilityMs, diskReserveBytes, mostBaseBytes });
  if (!begun.ok) return begun;
  // Also programs that come later: those that run know it.
  const { pausedSince, level } = note;
  if (pausedSince !== undefined || level !== undefined)
    await recorder.configure({ paused: pausedSince !== undefined, ...(level === undefined ? {} : { level }) });
  const { adopted, attached } = address.folder;
  const started = adopted.map(adoptProgram);
  const programs = [...started, ...attached.map((owner) => new AttachedProgram(owner, recorder, true))];
  const door = note.door && (await doors.open(note, address.folder.path, note.door));
  const live: Live = { recorder, address, programs, door, note };
  return ok({ live, console: reopenedConsole(started[0], live, events) });
}

/** The pipes are where they were, and the program still holds them. */
function reopenedConsole(
  program: StartedProgram | undefined,
  { address: { folder }, note: { launched } }: Live,
  { onConsole }: RecordingEvents,
): ProgramConsole | undefined {
  if (program === undefined || launched === undefined) return undefined;
  const reopened = new ProgramConsole(reopenConsolePipes(folder.path), onConsole);
  reopened.follow(program);
  return reopened;
}

const startRecorder = (threadFile: URL | undefined, events: RecordingEvents): Recorder =>
  Recorder.start(threadFile, {
    onChange: () => events.onChange(),
    onFailure: (error) => events.onFailure(error),
  });

const placeOf = ({ socketPath, token }: AgentAddress): ListensAt => ({ socketPath, token });

/** Up to the last commit; the recorder is to be closed then. `ended` is what a program's parent saw. */
export async function endLive(
  { recorder, address, programs, door }: Live,
  ended: ProgramEnding | undefined,
): Promise<void> {
  await Promise.all(programs.map((program) => program.stop()));
  await recorder.whenQuiet(quietWithinMs);
  const endings = [ended, ...programs.map((program) => program.ending())];
  await recorder.finish(endings.filter((ending) => ending !== undefined));
  door?.close();
  // Until here a new engine would have had to go on with it.
  await address.folder.dispose();
}

/** Of what was received and is not in the file yet, how much that is by now. */
export function rowsLeftIn(recorder: Recorder): () => CallProgress {
  let most = 0;
  return () => {
    const left = recorder.facts.engine?.waitingRows ?? 0;
    most = Math.max(most, left);
    const told = { phase: "Writing what was received", unit: "rows" } as const;
    return most === 0 ? { ...told, done: 0 } : { ...told, done: most - left, total: most };
  };
}

/**
 * Resolves when no agent is connected and none is expected any more. Programs started into it are stopped; others are recorded
 * for as long as they run.
 */
export async function whenUsedUp({ recorder, programs }: Live): Promise<void> {
  await Promise.all(programs.map((program) => program.stop()));
  let lastBusyMs = Date.now();
  for (;;) {
    const { connected, haveAllSaidBye } = await recorder.presence();
    if (connected > 0) lastBusyMs = Date.now();
    const patienceMs = haveAllSaidBye ? nextProgramWithinMs : agentsReturnWithinMs;
    if (Date.now() - lastBusyMs > patienceMs) return;
    await wait(100);
  }
}
