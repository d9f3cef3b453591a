// A recording that is open in this engine, live or saved, behind one face: summary, queries, writes. When a live one is
// stopped it becomes a saved one under the same id; questions asked meanwhile wait.
import { basename } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type Asker, type CallProgress, nobody } from "../shared/base/asker.js";
import { CancelSource } from "../shared/base/cancel.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { Pin, RecordingSummary } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { instant } from "../shared/trace/time.js";
import { type AgentAddress, newAgentAddress } from "./agent-server.js";
import type { ProgramEnding } from "./live-recording.js";
import type { EngineHost } from "./private-folder.js";
import { type Program, adoptProgram } from "./program.js";
import type { ListensAt, LiveFacts } from "./recorder/messages.js";
import { Recorder } from "./recorder/recorder.js";
import type { RecordingAccess, RecordingFacts } from "./recording-access.js";
import { errorFromWriting } from "./store/cannot-write.js";
import { StoredHoles } from "./store/evicted.js";
import type { Extent } from "./store/events.js";
import { logSizeOf, sizeOf } from "./store/file-size.js";
import type { Limits } from "./store/flight-store.js";
import { Logs } from "./store/logs.js";
import { MetricBlocks } from "./store/metric-blocks.js";
import type { CopyRequest } from "./store/copy-file.js";
import { type RecordingFile, SavedFile } from "./store/recording-file.js";
import { FileClosed, type Query } from "./store/readers.js";
import { formatVersion } from "./store/schema.js";
import { SearchBlocks } from "./store/search-blocks.js";
import { Search } from "./store/search.js";
import { lossesOf } from "./store/losses.js";
import type { StoredFacts } from "./store/summary.js";
import { underWords } from "./store/watched.js";
import { instantOf } from "./store/timeline.js";
import { StoredMessages } from "./store/messages.js";
import { StoredSegments } from "./store/stored-segments.js";
import { StoredWrites } from "./store/writes.js";

interface Live {
  readonly kind: "live";
  readonly recorder: Recorder;
  readonly address: AgentAddress;
  readonly programs: Program[];
}

interface Saved {
  readonly kind: "saved";
  readonly file: SavedFile;
}

type State = Live | Saved | { readonly kind: "closed" };

export interface RecordingEvents {
  readonly durabilityMs?: number | undefined;
  readonly diskReserveBytes?: number | undefined;
  readonly mostBaseBytes?: number | undefined;
  onChange(): void;
  onFailure(error: HindcastError): void;
}

/** What of the engine around it a live recording needs. */
export interface RecordingSurroundings {
  readonly appVersion: string;
  readonly host: EngineHost | undefined;
  /** The built file of the thread that records; without one recording happens on this thread. */
  readonly recorderThread: URL | undefined;
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
  readonly search: Search;
  readonly blocks: MetricBlocks;
  readonly name: string;
  #state: State;
  #stopping: Promise<Result<undefined, HindcastError>> | undefined;
  #switching: Promise<void> | undefined;
  #generation = 0;
  #copying: Promise<unknown> = Promise.resolve();
  readonly #closing = new CancelSource();
  /** Why it is not whole, once it is saved. */
  #failure: HindcastError | undefined;
  /** How often it was opened and not closed. */
  holders = 1;

  private constructor(
    readonly id: string,
    readonly path: string,
    state: State,
  ) {
    this.#state = state;
    this.name = basename(path).replace(/\.hindcast$/, "");
    const generation = (): number => this.generation();
    const searched = new SearchBlocks(this.query, generation);
    this.logs = new Logs(this.query, generation, searched);
    this.search = new Search(searched);
    this.blocks = new MetricBlocks(generation);
    const writes = new StoredWrites(this.query);
    const holes = new StoredHoles(this.query, generation);
    this.access = {
      writes,
      segments: new StoredSegments(this.query, writes),
      messages: new StoredMessages(this.query, () => this.live !== undefined),
      facts: () => this.facts(),
      instantOf: (process, seq) => instantOf(this.query, process, seq),
      losses: (process) => lossesOf(this.query, process),
      holes: (process) => holes.of(process),
      generation,
    };
  }

  static async create(
    id: string,
    path: string,
    { appVersion, host, recorderThread }: RecordingSurroundings,
    events: RecordingEvents,
    limits: Limits = {},
  ): Promise<Result<OpenRecording, HindcastError>> {
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
    await address.folder.holdsRecording({ id, path, ...placeOf(address) });
    return ok(new OpenRecording(id, path, { kind: "live", recorder, address, programs: [] }));
  }

  /** Goes on with a recording whose engine is gone: same id, same file, and agents connect where they did. */
  static async resume(
    id: string,
    path: string,
    address: AgentAddress,
    { recorderThread }: RecordingSurroundings,
    events: RecordingEvents,
  ): Promise<Result<OpenRecording, HindcastError>> {
    const recorder = startRecorder(recorderThread, events);
    const { durabilityMs, diskReserveBytes, mostBaseBytes } = events;
    const begun = await recorder.resume({
      path,
      listensAt: placeOf(address),
      durabilityMs,
      diskReserveBytes,
      mostBaseBytes,
    });
    if (!begun.ok) return begun;
    const programs = address.folder.adopted.map(adoptProgram);
    return ok(new OpenRecording(id, path, { kind: "live", recorder, address, programs }));
  }

  /** Throws `Cancelled` when who asks gives up. */
  static async open(id: string, path: string, asker: Asker): Promise<Result<OpenRecording, HindcastError>> {
    const file = await SavedFile.open(path, asker);
    return file.ok ? ok(new OpenRecording(id, path, { kind: "saved", file: file.value })) : file;
  }

  /**
   * Writes a copy as of now, while recording goes on; answers its size in bytes. One copy at a time, so that questions
   * still find connections. Closing the recording gives a copy up.
   */
  async copyTo(request: CopyRequest): Promise<Result<number, HindcastError>> {
    if (this.#state.kind === "live") await this.#state.recorder.commit();
    const copy = this.#copying.then(async () => {
      await this.#switching;
      const signal = new CancelSource();
      const forget = [request.asker.signal, this.#closing].map((either) => either.onAbort(() => signal.abort()));
      try {
        return await this.#file().copyTo({ ...request, asker: { ...request.asker, signal } });
      } finally {
        for (const one of forget) one();
      }
    });
    this.#copying = copy.catch(() => undefined); // who asked hears of it
    return copy;
  }

  #file(): RecordingFile {
    if (this.#state.kind === "closed") throw new FileClosed();
    return this.#state.kind === "live" ? this.#state.recorder : this.#state.file;
  }

  readonly query: Query = async (sql, values, asker) => {
    await this.#switching;
    return this.#file().query(sql, values, asker);
  };

  /** Resolves when all is known of it here that was acknowledged to any program. */
  async caughtUp(): Promise<void> {
    if (this.#state.kind === "live") await this.#state.recorder.caughtUp();
  }

  /** Columns of answers count time from here. */
  get start(): bigint {
    return this.facts().start;
  }

  generation(): number {
    return this.#state.kind === "live" ? this.#state.recorder.facts.generation : this.#generation;
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
      const { start, end, processes, scopes } = state.file.facts;
      return { state: "saved", start: instant(start), end: instant(end), processes, scopes };
    }
    const { scopes, facts } = state.recorder;
    const { start, processes } = facts;
    const end = processes.reduce((latest, { lastSeen }) => (lastSeen > latest ? lastSeen : latest), start);
    return { state: "live", start: instant(start), end: instant(end), processes, scopes };
  }

  async summary(): Promise<RecordingSummary> {
    // All of one moment: it may be closed while the size is looked up.
    const { state, start, end, processes, scopes } = this.facts();
    const { counts, engine, kept } = this.#told;
    return {
      recordingId: this.id,
      path: this.path,
      name: this.name,
      state,
      formatVersion,
      start,
      end,
      sizeBytes: (await sizeOf(this.path)) + (await logSizeOf(this.path)),
      processes: [...processes],
      scopes: [...scopes],
      counts,
      ...keptSummary(kept),
      engine,
      failure: this.live?.recorder.facts.failure ?? this.#failure,
    };
  }

  extent(): Extent {
    const { start, end } = this.facts();
    return { start, end, counts: this.#told.counts };
  }

  /** What its recorder told last, or its file says. */
  get #told(): LiveFacts | StoredFacts {
    const state = this.#state;
    if (state.kind === "closed") throw new Error("a closed recording was asked what is in it");
    return state.kind === "live" ? state.recorder.facts : state.file.facts;
  }

  /** Of a live recording: nothing between the two instants is evicted from now on. */
  async pin(label: string, from: bigint, to: bigint): Promise<Result<Pin, HindcastError>> {
    if (this.#state.kind !== "live") return failed(hindcastError("recording-not-live"));
    const { id } = await this.#state.recorder.pin(label, from, to);
    return ok({ pin: id, label, from, to });
  }

  async unpin(id: number): Promise<Result<Record<string, never>, HindcastError>> {
    if (this.#state.kind !== "live") return failed(hindcastError("recording-not-live"));
    const isDone = await this.#state.recorder.unpin(id);
    return isDone ? ok({}) : failed(hindcastError("no-such-pin", { pin: String(id) }));
  }

  /** Ends recording. Whoever asks while that happens gets the same answer. `ended` is what the program's parent saw. */
  stop(ended?: ProgramEnding, asker = nobody): Promise<Result<undefined, HindcastError>> {
    const state = this.#state;
    if (state.kind !== "live") return Promise.resolve(failed(hindcastError("recording-not-live")));
    const stopping = (this.#stopping ??= this.#stop(state, ended));
    return underWords(asker, rowsLeftIn(state.recorder), () => stopping);
  }

  async #stop(
    { recorder, address, programs }: Live,
    ended: ProgramEnding | undefined,
  ): Promise<Result<undefined, HindcastError>> {
    await Promise.all(programs.map((program) => program.stop()));
    await recorder.whenQuiet(quietWithinMs);
    const endings = [ended, ...programs.map((program) => program.ending())];
    await recorder.finish(endings.filter((ending) => ending !== undefined));
    // Until here a new engine would have had to go on with it.
    await address.folder.dispose();
    let finished = (): void => undefined;
    this.#switching = new Promise((resolve) => {
      finished = resolve;
    });
    const { generation, failure } = recorder.facts;
    try {
      await recorder.close();
      const saved = await SavedFile.open(this.path);
      if (!saved.ok) {
        this.#state = { kind: "closed" };
        return saved.error.code === "no-such-file"
          ? failed(hindcastError("recording-vanished", saved.error.details))
          : saved;
      }
      this.#generation = generation + 1;
      this.#state = { kind: "saved", file: saved.value };
      // It may have come back.
      this.#failure = failure?.code === "recording-vanished" ? undefined : failure;
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
      const { connected, haveAllSaidBye } = await live.recorder.presence();
      if (connected > 0) lastBusyMs = Date.now();
      const patienceMs = haveAllSaidBye ? nextProgramWithinMs : agentsReturnWithinMs;
      if (Date.now() - lastBusyMs > patienceMs) return;
      await wait(100);
    }
  }

  /** A live recording is stopped first. */
  async close(): Promise<void> {
    this.#closing.abort();
    if (this.#state.kind === "live") await this.stop();
    if (this.#state.kind !== "saved") return;
    const { file } = this.#state;
    this.#state = { kind: "closed" };
    await file.close();
  }
}

const startRecorder = (threadFile: URL | undefined, events: RecordingEvents): Recorder =>
  Recorder.start(threadFile, {
    onChange: () => events.onChange(),
    onFailure: (error) => events.onFailure(error),
  });

/** Of what was received and is not in the file yet, how much that is by now. */
function rowsLeftIn(recorder: Recorder): () => CallProgress {
  let most = 0;
  return () => {
    const left = recorder.facts.engine?.waitingRows ?? 0;
    most = Math.max(most, left);
    const told = { phase: "Writing what was received", unit: "rows" } as const;
    return most === 0 ? { ...told, done: 0 } : { ...told, done: most - left, total: most };
  };
}

const placeOf = ({ socketPath, token }: AgentAddress): ListensAt => ({ socketPath, token });

/** As people are told. */
function keptSummary(kept: LiveFacts["kept"]): Pick<RecordingSummary, "limits" | "evicted" | "pins" | "warning"> {
  if (kept === undefined) return { pins: [] };
  const { limits, evicted, since, pins, warning } = kept;
  const { maxAgeNs, maxBytes } = limits;
  return {
    limits:
      maxAgeNs === undefined && maxBytes === undefined
        ? undefined
        : { maxAgeMs: maxAgeNs === undefined ? undefined : Number(maxAgeNs / 1_000_000n), maxBytes },
    evicted: since === undefined ? undefined : { until: since, ...evicted },
    pins: pins.map(({ id, label, since: from, until: to }) => ({ pin: id, label, from, to })),
    warning,
  };
}
