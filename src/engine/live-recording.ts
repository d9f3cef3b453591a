// A recording in the making: what any number of agents send, on its way into rows that are committed together.
// `received` resolves after the commit that holds the batch: only then may the agent forget it.
import { MalformedBytes } from "../shared/protocol/bytes.js";
import type { Bye, ChildEnded, Hello, ToEngine } from "../shared/protocol/agent-wire.js";
import type { EngineLoad, ScopeSummary } from "../shared/protocol/recording-summary.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import { CommitLoop } from "./commit-loop.js";
import { Dictionaries } from "./ingest/dictionaries.js";
import { Incoming } from "./ingest/incoming.js";
import { checkHello } from "./ingest/plausible.js";
import type { Counts, ProcessIngest } from "./ingest/process-ingest.js";
import { type ProgramEnding, RecordedProcesses } from "./recorded-processes.js";
import { type Kept, Retention } from "./retention.js";
import type { Limits, Pin } from "./store/flight-store.js";
import type { KeptChange } from "./store/kept-changes.js";
import type { LastChanges } from "./store/last-changes.js";
import type { OpenFile } from "./store/open-file.js";
import { RecordingWriter } from "./store/recording-writer.js";
import type { StoredRecording } from "./store/stored-recording.js";
import type { StoredFacts } from "./store/summary.js";

export interface ResumedFrom {
  readonly stored: StoredRecording;
  readonly facts: StoredFacts;
}

export interface LiveEvents {
  /** Between receiving a record and its being on the disk, at most. */
  readonly durabilityMs?: number | undefined;
  /** Bytes of the disk that stay free; a part of it when left out. */
  readonly diskReserveBytes?: number | undefined;
  /** The most that may stand in the place of evicted state. */
  readonly mostBaseBytes?: number | undefined;
  /** A process has said hello, and is not told so yet. */
  onProcess?(recording: LiveRecording): void;
  /** All that a process sent was read, and no good-bye: it may have left one. */
  onConnectionLost?(runId: string): void;
  /** As `CommitEvents` says. */
  onCommit(recording: LiveRecording): void;
  onFailure(error: HindcastError, recording: LiveRecording): void;
}

const countedKinds = ["events", "spans", "logs", "metrics", "writes"] as const;

export class LiveRecording {
  readonly #writer: RecordingWriter;
  readonly #retention: Retention;
  readonly #processes: RecordedProcesses;
  readonly #commits: CommitLoop;
  /** The batch that is being taken. */
  readonly #incoming = new Incoming();
  /** Connections that close from now on are closed from this side. */
  #isEnding = false;
  /** Nothing further is taken: it would come after the last commit. */
  #isFinishing = false;

  private constructor(
    writer: RecordingWriter,
    retention: Retention,
    processes: RecordedProcesses,
    readonly path: string,
    readonly events: LiveEvents,
    load?: EngineLoad,
  ) {
    this.#writer = writer;
    this.#retention = retention;
    this.#processes = processes;
    const told = {
      durabilityMs: events.durabilityMs,
      onCommit: () => events.onCommit(this),
      onFailure: (error: HindcastError) => events.onFailure(error, this),
    };
    this.#commits = new CommitLoop(path, writer, retention, processes, told, load);
  }

  static async open(
    file: OpenFile,
    path: string,
    created: bigint,
    events: LiveEvents,
    limits: Limits = {},
  ): Promise<LiveRecording> {
    const writer = await RecordingWriter.open(file, path);
    const retention = await Retention.open(writer.flight, events, limits);
    const counts: Counts = { events: 0, spans: 0, logs: 0, metrics: 0, writes: 0, lost: 0 };
    const processes = new RecordedProcesses(created, new Dictionaries(writer), counts);
    return new LiveRecording(writer, retention, processes, path, events);
  }

  /** Goes on with one whose engine is gone, from its last commit. */
  static async resume(
    file: OpenFile,
    path: string,
    { stored, facts }: ResumedFrom,
    events: LiveEvents,
  ): Promise<LiveRecording> {
    const numbers = stored.processes.map(({ process }) => process);
    const writer = await RecordingWriter.open(file, path, numbers);
    const dictionaries = new Dictionaries(writer, stored.dictionaries);
    const retention = await Retention.open(writer.flight, events);
    const { evicted } = retention.kept;
    const counts: Counts = { ...facts.counts };
    for (const kind of countedKinds) counts[kind] += evicted[kind];
    const processes = new RecordedProcesses(stored.created, dictionaries, counts);
    processes.restore(stored, facts.scopes);
    dictionaries.messages.restore(stored.messageEnds);
    return new LiveRecording(writer, retention, processes, path, events, facts.engine);
  }

  get generation(): number {
    return this.#commits.generation;
  }

  get changes(): LastChanges {
    return this.#commits.changes;
  }

  /** Goes up when what was read of a process's writes has to be read anew. */
  get lateWrites(): number {
    return this.#writer.lateWrites;
  }

  /** Not where what is kept begins: who looks counts from here all the time. */
  get start(): bigint {
    return this.#processes.start;
  }

  get processes(): readonly ProcessIngest[] {
    return this.#processes.all;
  }

  get scopes(): readonly ScopeSummary[] {
    return this.#processes.scopes;
  }

  /** Of all that came. */
  get counts(): Counts {
    return this.#processes.counts;
  }

  /** Limits, and what was evicted because of them. */
  get kept(): Kept {
    return this.#retention.kept;
  }

  /** Of what is kept. */
  get keptCounts(): Counts {
    const { evicted } = this.#retention.kept;
    const counts = { ...this.counts };
    for (const kind of countedKinds) counts[kind] -= evicted[kind];
    return counts;
  }

  /** Nothing between the two instants is evicted from now on. */
  pin(label: string, since: bigint, until: bigint): Promise<Pin> {
    return this.#commits.between(() => this.#retention.pin(label, since, until));
  }

  /** False when there is no such pin. */
  unpin(id: number): Promise<boolean> {
    return this.#commits.between(() => this.#retention.unpin(id));
  }

  /** They are in the file when this resolves. */
  changeKept(changes: readonly KeptChange[]): Promise<void> {
    return this.#commits.between(() => this.#writer.flight.changeKept(changes));
  }

  get load(): EngineLoad {
    return this.#commits.load;
  }

  /** Some process was here, and each has told of its end itself. */
  get haveAllSaidBye(): boolean {
    return this.processes.length > 0 && this.#processes.haveAllSaidBye;
  }

  /** Why what comes is not written, if so. */
  get failure(): HindcastError | undefined {
    return this.#commits.failure;
  }

  get shouldPause(): boolean {
    return this.#commits.shouldPause;
  }

  /** Resolves when there is no reason to pause any more. */
  whenRoom(): Promise<void> {
    return this.#commits.whenRoom();
  }

  /** Whether there is no room for the process that a `hello` speaks of. */
  isFullFor(hello: Hello): boolean {
    return this.#known(hello) === undefined && this.#processes.isFull;
  }

  /** The process a `hello` speaks of: a new one, or one that was here before and lost its connection. */
  greet(hello: Hello, connection: object): ProcessIngest {
    const known = this.#known(hello);
    if (known !== undefined) {
      this.#processes.connected(known, connection);
      known.reconnected();
      this.#noteProcess();
      return known;
    }
    const process = this.#begin(hello);
    this.#processes.connected(process, connection);
    return process;
  }

  /** The process that left what it could not send: it was here before, or never got through. It is connected no more. */
  leftBy(hello: Hello): ProcessIngest {
    return this.#known(hello) ?? this.#begin(hello);
  }

  #known(hello: Hello): ProcessIngest | undefined {
    checkHello(hello);
    this.#refuseLate();
    return this.#processes.of(hello);
  }

  /** What is missing has been counted, and must not be counted twice. */
  #refuseLate(): void {
    if (this.#isFinishing) throw new MalformedBytes("the recording has ended");
  }

  #begin(hello: Hello): ProcessIngest {
    const { process, isEarliest } = this.#processes.begin(hello);
    // What came before what is kept goes again soon.
    if (isEarliest && this.kept.since === undefined) this.#writer.startsAt(this.start);
    this.#noteProcess();
    return process;
  }

  #noteProcess(): void {
    this.events.onProcess?.(this);
    this.#commits.schedule();
  }

  /** Throws `MalformedBytes` before anything of the batch is taken. False when the file can no longer be written. */
  async received(process: ProcessIngest, batch: Extract<ToEngine, { kind: "batch" }>): Promise<boolean> {
    if (this.#commits.hasGivenUp || this.#isFinishing) return false;
    this.take(process, batch);
    return this.#commits.committed();
  }

  /** As `received`, when nobody waits for it to be in the file. */
  take(process: ProcessIngest, batch: Extract<ToEngine, { kind: "batch" }>): void {
    this.#refuseLate();
    if (process.has(batch.batch)) return process.sentAgain(batch.lastSeq);
    this.#incoming.read(batch.records);
    process.batch(batch.batch, this.#incoming, batch.lastSeq);
    this.#commits.received(batch.records.length);
  }

  /** Whether it is in the file with everything before it. A program that ends is not held up by one that cannot be written. */
  async saidBye(process: ProcessIngest, bye: Bye): Promise<boolean> {
    if (this.#isFinishing) return false;
    process.bye(bye);
    return this.#commits.committedAtOnce();
  }

  /** Nothing to say when the process has connected anew meanwhile. */
  connectionLost(process: ProcessIngest, connection: object): void {
    if (this.#isFinishing || !this.#processes.isSpokenForBy(process, connection)) return;
    if (this.#isEnding) process.disconnected();
    else process.connectionLost();
    this.#commits.schedule();
    this.events.onConnectionLost?.(process.hello.runId);
  }

  /** What its parent saw of a program's end. */
  programEnded(ending: ProgramEnding): void {
    if (ending.exitCode === undefined && ending.signal === undefined) return;
    this.#processes.programEnded(ending);
    this.#commits.schedule();
  }

  /** What a recorded program saw of the end of its child. */
  childEnded(parent: ProcessIngest, ended: ChildEnded): void {
    if (this.#isFinishing) return;
    this.#processes.childEnded(parent, ended);
    this.#commits.schedule();
  }

  /** Programs that are recorded from their start and run, by pid. */
  running(): ReadonlyMap<number, number> {
    const running = this.processes.filter(
      ({ hello, saidBye }) => hello.thread === undefined && !saidBye && hello.settings.attached === undefined,
    );
    return new Map(running.map(({ hello, process }) => [hello.pid, process]));
  }

  /** Of a child of a program that is recorded, and is not itself. */
  noteUnrecorded(process: number, label: string): void {
    if (this.#isFinishing) return;
    const instant = BigInt(Date.now()) * 1_000_000n;
    this.#writer.mark({ process, seq: 0, instant, kind: "error", label, lost: 0, reason: "not-recorded" });
    this.#commits.schedule();
  }

  /** Commits what waits now, after a commit that runs already. */
  commit(): Promise<void> {
    return this.#commits.commit();
  }

  end(): void {
    this.#isEnding = true;
  }

  /** The last commit; the file can be closed afterwards. */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    this.#processes.finish();
    await this.#commits.finish();
  }
}
