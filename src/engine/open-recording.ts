// A recording that is open in this engine, live or saved, behind one face: summary, queries, writes. When a live one is
// stopped it becomes a saved one under the same id; questions asked meanwhile wait.
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { RecordingSummary } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { instant } from "../shared/trace/time.js";
import { type AgentAddress, type AgentServer, listenForAgents, newAgentAddress } from "./agent-server.js";
import { rememberedEnds } from "./ingest/lanes.js";
import type { ProcessIngest } from "./ingest/process-ingest.js";
import { LiveRecording, type ProgramEnding } from "./live-recording.js";
import type { EngineHost } from "./private-folder.js";
import { type Program, adoptProgram } from "./program.js";
import type { RecordingAccess, RecordingFacts } from "./recording-access.js";
import { errorFromWriting } from "./store/cannot-write.js";
import { Logs } from "./store/logs.js";
import { damageReason } from "./store/damage.js";
import { type CopyRequest, copyFile } from "./store/copy-file.js";
import { type OpenFile, createFile, openForReading, openForWriting } from "./store/open-file.js";
import { type Query, Readers } from "./store/readers.js";
import { formatVersion } from "./store/schema.js";
import { lossesOf } from "./store/losses.js";
import { readStoredRecording } from "./store/stored-recording.js";
import { type StoredFacts, readFacts } from "./store/summary.js";
import { instantOf } from "./store/timeline.js";
import { StoredWrites } from "./store/writes.js";

interface Live {
  readonly kind: "live";
  readonly recording: LiveRecording;
  readonly server: AgentServer;
  readonly programs: Program[];
}

type State = Live | { readonly kind: "saved"; readonly facts: StoredFacts } | { readonly kind: "closed" };

export interface RecordingEvents {
  readonly durabilityMs?: number | undefined;
  onChange(): void;
  onFailure(error: HindcastError): void;
}

/** What a program that has ended still had on its way is here by then; one that goes on is cut off. */
const quietWithinMs = 1500;

/** Longer than agents wait between two attempts to connect, and than a program takes to start. */
const agentsReturnWithinMs = 10_000;
/** After every program has said good-bye: a script may start another one. */
const nextProgramWithinMs = 2000;

export class OpenRecording {
  readonly access: RecordingAccess;
  readonly logs: Logs;
  readonly name: string;
  #file: OpenFile;
  #readers: Readers;
  #state: State;
  #stopping: Promise<Result<undefined, HindcastError>> | undefined;
  #switching: Promise<void> | undefined;
  #generation = 0;
  #copying: Promise<unknown> = Promise.resolve();
  #isClosing = false;
  /** Why it is not whole, once it is saved. */
  #failure: HindcastError | undefined;
  /** How often it was opened and not closed. */
  holders = 1;

  private constructor(
    readonly id: string,
    readonly path: string,
    file: OpenFile,
    readers: Readers,
    state: State,
  ) {
    this.#file = file;
    this.#readers = readers;
    this.#state = state;
    this.name = basename(path).replace(/\.hindcast$/, "");
    this.logs = new Logs(this.query, () => this.generation());
    this.access = {
      writes: new StoredWrites(this.query),
      facts: () => this.facts(),
      instantOf: (process, seq) => instantOf(this.query, process, seq),
      losses: (process) => lossesOf(this.query, process),
      generation: () => this.generation(),
    };
  }

  static async create(
    id: string,
    path: string,
    appVersion: string,
    events: RecordingEvents,
    host?: EngineHost,
  ): Promise<Result<OpenRecording, HindcastError>> {
    const created = BigInt(Date.now()) * 1_000_000n;
    const file = await createFile(path, { created, appVersion });
    if (!file.ok) return file;
    const recording = await LiveRecording.open(file.value, path, created, {
      durabilityMs: events.durabilityMs,
      onCommit: () => events.onChange(),
      onFailure: (error) => events.onFailure(error),
    });
    const address = await newAgentAddress(host);
    const server = await listenForAgents(recording, address);
    const { socketPath, token } = address;
    await address.folder.holdsRecording({ id, path, socketPath, token });
    const state: Live = { kind: "live", recording, server, programs: [] };
    return ok(new OpenRecording(id, path, file.value, await Readers.open(file.value.instance), state));
  }

  /** Goes on with a recording whose engine is gone: same id, same file, and agents connect where they did. */
  static async resume(
    id: string,
    path: string,
    address: AgentAddress,
    events: RecordingEvents,
  ): Promise<Result<OpenRecording, HindcastError>> {
    const file = await openForWriting(path);
    if (!file.ok) return file;
    const readers = await Readers.open(file.value.instance);
    try {
      const stored = await readStoredRecording(readers.query, rememberedEnds);
      const facts = await readFacts(readers.query);
      const recording = await LiveRecording.resume(
        file.value,
        path,
        { stored, facts },
        {
          durabilityMs: events.durabilityMs,
          onCommit: () => events.onChange(),
          onFailure: (error) => events.onFailure(error),
        },
      );
      const server = await listenForAgents(recording, address);
      const programs = address.folder.adopted.map(adoptProgram);
      return ok(new OpenRecording(id, path, file.value, readers, { kind: "live", recording, server, programs }));
    } catch (error) {
      await readers.dispose();
      await file.value.dispose();
      return failed(hindcastError("damaged-recording", { path, reason: damageReason(error) }));
    }
  }

  static async open(id: string, path: string): Promise<Result<OpenRecording, HindcastError>> {
    const saved = await openSaved(path);
    if (!saved.ok) return saved;
    const { file, readers, facts } = saved.value;
    return ok(new OpenRecording(id, path, file, readers, { kind: "saved", facts }));
  }

  /**
   * Writes a copy as of now, while recording goes on; answers its size in bytes. One copy at a time, so that questions
   * still find connections. Closing the recording gives a copy up.
   */
  async copyTo(request: CopyRequest): Promise<Result<number, HindcastError>> {
    if (this.#state.kind === "live") await this.#state.recording.commit();
    const copy = this.#copying.then(async () => {
      await this.#switching;
      return this.#readers.hold((source) =>
        copyFile(source, { ...request, isWanted: () => request.isWanted() && !this.#isClosing }),
      );
    });
    this.#copying = copy.catch(() => undefined); // who asked hears of it
    return copy;
  }

  readonly query: Query = async (sql, values) => {
    await this.#switching;
    return this.#readers.query(sql, values);
  };

  /** Columns of answers count time from here. */
  get start(): bigint {
    return this.facts().start;
  }

  generation(): number {
    return this.#state.kind === "live" ? this.#state.recording.generation : this.#generation;
  }

  /** False when it was closed, or could not be reopened after it had ended. */
  get isOpen(): boolean {
    return this.#state.kind !== "closed";
  }

  /** What listens for agents; absent once it is not live. */
  get live(): Live | undefined {
    return this.#state.kind === "live" ? this.#state : undefined;
  }

  facts(): RecordingFacts {
    const state = this.#state;
    if (state.kind === "closed") throw new Error("a closed recording was asked for its facts");
    if (state.kind === "saved") {
      const { start, end, processes, scopes } = state.facts;
      return { state: "saved", start: instant(start), end: instant(end), processes, scopes };
    }
    const { recording } = state;
    const processes = recording.processes.map(summaryOf);
    const { start } = recording;
    const end = processes.reduce((latest, { lastSeen }) => (lastSeen > latest ? lastSeen : latest), start);
    return { state: "live", start: instant(start), end: instant(end), processes, scopes: recording.scopes };
  }

  async summary(): Promise<RecordingSummary> {
    // All of one moment: it may be closed while the size is looked up.
    const { state, start, end, processes, scopes } = this.facts();
    const counts = this.#counts();
    return {
      recordingId: this.id,
      path: this.path,
      name: this.name,
      state,
      formatVersion,
      start,
      end,
      sizeBytes: await sizeOf(this.path),
      processes: [...processes],
      scopes: [...scopes],
      counts,
      failure: this.live?.recording.failure ?? this.#failure,
    };
  }

  #counts(): RecordingSummary["counts"] {
    if (this.#state.kind === "live") return { ...this.#state.recording.counts };
    if (this.#state.kind === "saved") return this.#state.facts.counts;
    throw new Error("a closed recording was asked for its counts");
  }

  /** Ends recording. Whoever asks while that happens gets the same answer. `ended` is what the program's parent saw. */
  stop(ended?: ProgramEnding): Promise<Result<undefined, HindcastError>> {
    const state = this.#state;
    if (state.kind !== "live") return Promise.resolve(failed(hindcastError("recording-not-live")));
    this.#stopping ??= this.#stop(state, ended);
    return this.#stopping;
  }

  async #stop(
    { recording, server, programs }: Live,
    ended: ProgramEnding | undefined,
  ): Promise<Result<undefined, HindcastError>> {
    await Promise.all(programs.map((program) => program.stop()));
    await server.whenQuiet(quietWithinMs);
    for (const ending of [ended, ...programs.map((program) => program.ending())])
      if (ending !== undefined) recording.programEnded(ending);
    recording.end();
    await server.dispose();
    await recording.finish();
    // Until here a new engine would have had to go on with it.
    await server.folder.dispose();
    let finished = (): void => undefined;
    this.#switching = new Promise((resolve) => {
      finished = resolve;
    });
    try {
      // Where this fails, what was committed is in the log beside the file: closing or opening puts it into the file.
      await this.#readers.query("CHECKPOINT").catch(() => undefined);
      await this.#readers.dispose();
      await this.#file.dispose();
      const saved = await openSaved(this.path);
      if (!saved.ok) {
        this.#state = { kind: "closed" };
        return saved.error.code === "no-such-file"
          ? failed(hindcastError("recording-vanished", saved.error.details))
          : saved;
      }
      this.#generation = recording.generation + 1;
      ({ file: this.#file, readers: this.#readers } = saved.value);
      this.#state = { kind: "saved", facts: saved.value.facts };
      // It may have come back.
      this.#failure = recording.failure?.code === "recording-vanished" ? undefined : recording.failure;
      return this.#failure === undefined ? ok(undefined) : failed(this.#failure);
    } catch (error) {
      this.#state = { kind: "closed" };
      return failed(errorFromWriting(this.path, error));
    } finally {
      this.#switching = undefined;
      finished();
    }
  }

  /**
   * With nobody left who would stop it: resolves when no agent is connected and none is expected any more. Programs started
   * into it are stopped; others are recorded for as long as they run.
   */
  async whenUsedUp(): Promise<void> {
    const { live } = this;
    if (live === undefined) return;
    await Promise.all(live.programs.map((program) => program.stop()));
    let lastBusyMs = Date.now();
    for (;;) {
      if (live.server.connected() > 0) lastBusyMs = Date.now();
      const patienceMs = live.recording.haveAllSaidBye ? nextProgramWithinMs : agentsReturnWithinMs;
      if (Date.now() - lastBusyMs > patienceMs) return;
      await wait(100);
    }
  }

  /** A live recording is stopped first. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#state.kind === "live") await this.stop();
    if (this.#state.kind === "closed") return;
    this.#state = { kind: "closed" };
    await this.#readers.dispose();
    await this.#file.dispose();
  }
}

interface Saved {
  readonly file: OpenFile;
  readonly readers: Readers;
  readonly facts: StoredFacts;
}

async function openSaved(path: string): Promise<Result<Saved, HindcastError>> {
  const file = await openForReading(path);
  if (!file.ok) return file;
  const readers = await Readers.open(file.value.instance);
  try {
    return ok({ file: file.value, readers, facts: await readFacts(readers.query) });
  } catch (error) {
    await readers.dispose();
    await file.value.dispose();
    return failed(hindcastError("damaged-recording", { path, reason: damageReason(error) }));
  }
}

function summaryOf(ingest: ProcessIngest): RecordingSummary["processes"][number] {
  const { process, hello, start, lastSeen, ended, endUnknown, category, written, dropped, faults } = ingest.row();
  const { pid, serviceName, argv, cwd, nodeVersion, settings } = hello;
  return {
    process,
    pid,
    serviceName,
    argv,
    cwd,
    nodeVersion,
    level: settings.level,
    start,
    lastSeen,
    ended,
    endUnknown,
    category,
    written,
    dropped,
    faults,
  };
}

/** With what DuckDB has committed and not yet folded into the file. */
async function sizeOf(path: string): Promise<number> {
  const bytes = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.size ?? 0;
  return (await bytes(path)) + (await bytes(`${path}.wal`));
}
