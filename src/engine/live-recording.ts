// A recording in the making: rows from any number of agents, committed together a few times a second.
// `received` resolves after the commit that holds the batch: only then may the agent forget it.
// A commit that fails, because the disk is full say, is tried again every second; meanwhile agents are not read from.
import { stat } from "node:fs/promises";
import { MalformedBytes } from "../shared/protocol/bytes.js";
import type { Bye, Hello, ToEngine } from "../shared/protocol/agent-wire.js";
import type { EngineLoad, ScopeSummary } from "../shared/protocol/engine-calls.js";
import { defaultDurabilityMs } from "../shared/protocol/engine-environment.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { Incoming } from "./ingest/incoming.js";
import { checkHello } from "./ingest/plausible.js";
import { Dictionaries } from "./ingest/dictionaries.js";
import { type Counts, type HowEnded, ProcessIngest } from "./ingest/process-ingest.js";
import { LoadMeter } from "./load-meter.js";
import { type Kept, Retention } from "./retention.js";
import { errorFromWriting, isFatal } from "./store/cannot-write.js";
import type { Limits, Pin } from "./store/flight-store.js";
import { RecordingWriter } from "./store/recording-writer.js";
import type { OpenFile } from "./store/open-file.js";
import type { StoredRecording } from "./store/stored-recording.js";
import type { StoredFacts } from "./store/summary.js";

/** Of the durability window, what passes between the first row and its commit; the rest is for the commit itself. */
const waitingShare = 0.4;
/**
 * A commit starts at once when so many rows wait, and agents are paused at three times as many: what was received then is in
 * the file soon, however much comes. The first are small, because an engine may be killed again soon after it was started
 * and what it had committed need not come again; each that took no longer than a commit may lets the next be twice as large.
 */
const leastRowsPerCommit = 1000;
const mostRowsPerCommit = 20_000;
const commitsToPause = 3;
/** Rows differ in size: agents are also paused when so much of what they sent waits. */
const bytesToPause = 64 * 1024 * 1024;
const lookForFileEveryMs = 1000;
/** While the file cannot be written. */
const retryEveryMs = 1000;
/** Processes are numbered with one byte in the columns that panes get. */
const maxProcesses = 255;

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
  /** After every commit, before anybody is told that something was committed. */
  onCommit(recording: LiveRecording): void;
  /** The file cannot be written; nothing further is acknowledged until the next commit. Once until then. */
  onFailure(error: HindcastError, recording: LiveRecording): void;
}

/** What the parent of a program saw. */
export interface ProgramEnding extends HowEnded {
  readonly pid: number;
}

export class LiveRecording {
  readonly #writer: RecordingWriter;
  readonly #retention: Retention;
  readonly #dictionaries: Dictionaries;
  /** The batch that is being taken. */
  readonly #incoming = new Incoming();
  readonly #processes: ProcessIngest[] = [];
  readonly #byRunId = new Map<string, ProcessIngest>();
  /** The connection that speaks for a process: the latest. */
  readonly #connections = new Map<ProcessIngest, object>();
  readonly #scopes: ScopeSummary[] = [];
  readonly counts: Counts = { events: 0, spans: 0, logs: 0, metrics: 0, writes: 0, lost: 0 };
  #start: bigint | undefined;
  readonly #commitDelayMs: number;
  #rowsPerCommit = leastRowsPerCommit;
  #generation = 0;
  #timer: NodeJS.Timeout | undefined;
  #committing: Promise<void> | undefined;
  /** Who waits for everything given until now to be committed. */
  #waiting: ((isCommitted: boolean) => void)[] = [];
  #waitingBytes = 0;
  #receivedBytes = 0;
  #pausedReaders: (() => void)[] = [];
  /** Who waits for a commit no longer than commits go well. */
  #impatient: (() => void)[] = [];
  /** Why the last commit did not go well. */
  #trouble: HindcastError | undefined;
  /** Commits go well, and nobody will find them: what is written has no name any more. */
  #vanished: HindcastError | undefined;
  #lookedForFileMs = 0;
  /** No commit will come any more. */
  #hasGivenUp = false;
  /** Records in the file, with those counted there as lost. */
  #accounted = 0;
  readonly #meter: LoadMeter;
  /** Connections that close from now on are closed from this side. */
  #isEnding = false;
  /** Nothing further is taken: it would come after the last commit. */
  #isFinishing = false;

  private constructor(
    writer: RecordingWriter,
    retention: Retention,
    dictionaries: Dictionaries,
    readonly path: string,
    readonly created: bigint,
    readonly events: LiveEvents,
    load?: EngineLoad,
  ) {
    this.#writer = writer;
    this.#retention = retention;
    this.#meter = new LoadMeter(load);
    this.#dictionaries = dictionaries;
    this.#commitDelayMs = (events.durabilityMs ?? defaultDurabilityMs) * waitingShare;
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
    return new LiveRecording(writer, retention, new Dictionaries(writer), path, created, events);
  }

  /** Goes on with one whose engine is gone, from its last commit. */
  static async resume(
    file: OpenFile,
    path: string,
    { stored, facts }: ResumedFrom,
    events: LiveEvents,
  ): Promise<LiveRecording> {
    const { created, dictionaries: known, processes } = stored;
    const writer = await RecordingWriter.open(
      file,
      path,
      processes.map(({ process }) => process),
    );
    const dictionaries = new Dictionaries(writer, known);
    const retention = await Retention.open(writer.flight, events);
    const resumed = new LiveRecording(writer, retention, dictionaries, path, created, events, facts.engine);
    const { evicted } = retention.kept;
    for (const kind of countedKinds) resumed.counts[kind] = facts.counts[kind] + evicted[kind];
    resumed.counts.lost = facts.counts.lost;
    if (processes.length > 0) resumed.#start = facts.start;
    for (const scope of facts.scopes) resumed.#scopes.push(scope);
    for (const process of processes)
      resumed.#add(
        ProcessIngest.restore(
          process,
          (id) => known.names.get(id) ?? "",
          dictionaries,
          resumed.counts,
          resumed.#onScope,
        ),
      );
    dictionaries.messages.restore(stored.messageEnds);
    resumed.#accounted = resumed.#countAccounted();
    return resumed;
  }

  get generation(): number {
    return this.#generation;
  }

  get start(): bigint {
    return this.#start ?? this.created;
  }

  get processes(): readonly ProcessIngest[] {
    return this.#processes;
  }

  get scopes(): readonly ScopeSummary[] {
    return this.#scopes;
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
    return this.#betweenCommits(() => this.#retention.pin(label, since, until));
  }

  /** False when there is no such pin. */
  unpin(id: number): Promise<boolean> {
    return this.#betweenCommits(() => this.#retention.unpin(id));
  }

  async #betweenCommits<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    while (this.#committing !== undefined) await this.#committing;
    const answer = work();
    this.#committing = answer.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await answer;
    } finally {
      this.#committing = undefined;
      this.#generation++;
      this.events.onCommit(this);
      if (this.#hasMore()) this.#schedule();
    }
  }

  get load(): EngineLoad {
    return this.#meter.load;
  }

  /** Some process was here, and each has told of its end itself. */
  get haveAllSaidBye(): boolean {
    return this.#processes.length > 0 && this.#processes.every((process) => process.saidBye);
  }

  /** Why what comes is not written, if so. */
  get failure(): HindcastError | undefined {
    return this.#trouble ?? this.#vanished;
  }

  get shouldPause(): boolean {
    if (this.#hasGivenUp) return false;
    return this.#writer.waiting >= commitsToPause * this.#rowsPerCommit || this.#waitingBytes >= bytesToPause;
  }

  /** Resolves when there is no reason to pause any more. */
  async whenRoom(): Promise<void> {
    await this.commit();
    while (this.shouldPause) await new Promise<void>((resolve) => this.#pausedReaders.push(resolve));
  }

  /** The process a `hello` speaks of: a new one, or one that was here before and lost its connection. */
  greet(hello: Hello, connection: object): ProcessIngest {
    const known = this.#known(hello);
    if (known !== undefined) {
      this.#connections.set(known, connection);
      known.reconnected();
      this.events.onProcess?.(this);
      this.#schedule();
      return known;
    }
    const process = this.#begin(hello);
    this.#connections.set(process, connection);
    return process;
  }

  /** The process that left what it could not send: it was here before, or never got through. It is connected no more. */
  leftBy(hello: Hello): ProcessIngest {
    return this.#known(hello) ?? this.#begin(hello);
  }

  #known(hello: Hello): ProcessIngest | undefined {
    checkHello(hello);
    this.#refuseLate();
    return this.#byRunId.get(hello.runId);
  }

  /** What is missing has been counted, and must not be counted twice. */
  #refuseLate(): void {
    if (this.#isFinishing) throw new MalformedBytes("the recording has ended");
  }

  #begin(hello: Hello): ProcessIngest {
    if (this.#processes.length >= maxProcesses) throw new MalformedBytes("too many processes");
    const number = this.#processes.length + 1;
    const process = ProcessIngest.begin(number, hello, this.#dictionaries, this.counts, this.#onScope);
    this.#add(process);
    const { start } = process.row();
    if (this.#start === undefined || start < this.#start) {
      this.#start = start;
      // What came before what is kept goes again soon.
      if (this.kept.since === undefined) this.#writer.startsAt(start);
    }
    this.events.onProcess?.(this);
    this.#schedule();
    return process;
  }

  readonly #onScope = (seen: ScopeSummary): void => void this.#scopes.push(seen);

  #add(process: ProcessIngest): void {
    this.#processes.push(process);
    this.#byRunId.set(process.hello.runId, process);
  }

  /** Throws `MalformedBytes` before anything of the batch is taken. False when the file can no longer be written. */
  async received(process: ProcessIngest, batch: Extract<ToEngine, { kind: "batch" }>): Promise<boolean> {
    if (this.#hasGivenUp || this.#isFinishing) return false;
    this.take(process, batch);
    return this.#committed();
  }

  /** As `received`, when nobody waits for it to be in the file. */
  take(process: ProcessIngest, batch: Extract<ToEngine, { kind: "batch" }>): void {
    this.#refuseLate();
    if (process.has(batch.batch)) return process.sentAgain(batch.lastSeq);
    this.#incoming.read(batch.records);
    process.batch(batch.batch, this.#incoming, batch.lastSeq);
    this.#waitingBytes += batch.records.length;
    this.#receivedBytes += batch.records.length;
  }

  /** Whether it is in the file with everything before it. A program that ends is not held up by one that cannot be written. */
  async saidBye(process: ProcessIngest, bye: Bye): Promise<boolean> {
    if (this.#isFinishing) return false;
    process.bye(bye);
    const committed = this.#committed();
    if (this.#trouble !== undefined) return false;
    // The program waits.
    void this.commit();
    const inTrouble = new Promise<false>((resolve) => this.#impatient.push(() => resolve(false)));
    return Promise.race([committed, inTrouble]);
  }

  /** Nothing to say when the process has connected anew meanwhile. */
  connectionLost(process: ProcessIngest, connection: object): void {
    if (this.#isFinishing || this.#connections.get(process) !== connection) return;
    if (this.#isEnding) process.disconnected();
    else process.connectionLost();
    this.#schedule();
    this.events.onConnectionLost?.(process.hello.runId);
  }

  /** Nothing to say of a program that was not recorded itself: a shell, say. The latest of an id is meant. */
  programEnded({ pid, exitCode, signal }: ProgramEnding): void {
    if (exitCode === undefined && signal === undefined) return;
    const process = this.#processes.findLast(({ hello }) => hello.pid === pid);
    process?.endedAs({ exitCode, signal });
    this.#schedule();
  }

  /** Whether everything given until now was committed; a commit that runs already does not hold it. */
  async #committed(): Promise<boolean> {
    if (this.#hasGivenUp) return false;
    const committed = new Promise<boolean>((resolve) => this.#waiting.push(resolve));
    this.#schedule();
    return committed;
  }

  #schedule(): void {
    if (this.#committing !== undefined || this.#hasGivenUp || this.#isFinishing) return;
    if (this.#trouble !== undefined) this.#timer ??= setTimeout(() => void this.commit(), retryEveryMs);
    else if (this.#writer.waiting >= this.#rowsPerCommit) void this.commit();
    else this.#timer ??= setTimeout(() => void this.commit(), this.#commitDelayMs);
  }

  /** Commits what waits now, after a commit that runs already. */
  async commit(): Promise<void> {
    while (this.#committing !== undefined) await this.#committing;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#committing = this.#commitOnce();
    await this.#committing;
    this.#committing = undefined;
    if (this.#hasMore()) this.#schedule();
  }

  #hasMore(): boolean {
    return this.#writer.waiting > 0 || this.#waiting.length > 0 || this.#retention.isBusy;
  }

  async #commitOnce(): Promise<void> {
    if (this.#hasGivenUp) return;
    const [promised, bytes, accounted] = [this.#waiting, this.#waitingBytes, this.#countAccounted()];
    this.#waiting = [];
    try {
      const hasWritten = this.#writer.waiting > 0;
      if (hasWritten) await this.#write();
      this.#accounted = accounted;
      this.#waitingBytes -= bytes;
      for (const resolve of promised) resolve(true);
      this.#impatient = [];
      this.#letGo(this.#pausedReaders);
      // What was committed is acknowledged meanwhile.
      if (hasWritten) await this.#writer.foldLogWhenDue(this.#retention.mostLogBytes);
      if (hasWritten || this.#retention.isBusy) await this.#evict();
    } catch (error) {
      this.#waiting = [...promised, ...this.#waiting];
      this.#failedToWrite(error);
    }
  }

  async #evict(): Promise<void> {
    const newest = this.#processes.reduce((latest, { lastSeen }) => (lastSeen > latest ? lastSeen : latest), 0n);
    const come = { newest, start: this.start, bytes: this.#receivedBytes };
    try {
      if (!(await this.#retention.afterCommit(come, performance.now()))) return;
    } catch (error) {
      // Everything that came is in the file all the same; the next commit may find it well again.
      this.#failedToWrite(error);
    }
    this.#generation++;
    this.events.onCommit(this);
  }

  async #write(): Promise<void> {
    const beganMs = performance.now();
    const waiting = { rows: this.#writer.waiting, bytes: this.#waitingBytes };
    await this.#writer.commit();
    const tookMs = performance.now() - beganMs;
    if (this.#meter.committed(waiting, tookMs, this.#writer.waiting)) this.#writer.report(this.#meter.load);
    if (tookMs <= this.#commitDelayMs) this.#rowsPerCommit = Math.min(mostRowsPerCommit, 2 * this.#rowsPerCommit);
    else if (tookMs > 2 * this.#commitDelayMs)
      this.#rowsPerCommit = Math.max(leastRowsPerCommit, this.#rowsPerCommit / 2);
    this.#trouble = undefined;
    await this.#lookForFile();
    this.#generation++;
    this.events.onCommit(this);
  }

  async #lookForFile(): Promise<void> {
    if (performance.now() - this.#lookedForFileMs < lookForFileEveryMs) return;
    this.#lookedForFileMs = performance.now();
    const wasThere = this.#vanished === undefined;
    this.#vanished = (await isThere(this.path)) ? undefined : hindcastError("recording-vanished", { path: this.path });
    if (wasThere && this.#vanished !== undefined) this.#tellFailure(this.#vanished);
  }

  #failedToWrite(error: unknown): void {
    const wasWell = this.#trouble === undefined;
    this.#trouble = errorFromWriting(this.path, error);
    if (this.#isFinishing || isFatal(error)) this.#giveUp(this.#trouble);
    else if (wasWell) this.#tellFailure(this.#trouble);
  }

  /** Nobody waits for commits that will not come. */
  #giveUp(because: HindcastError): void {
    this.#hasGivenUp = true;
    for (const resolve of this.#waiting.splice(0)) resolve(false);
    this.#letGo(this.#pausedReaders);
    const missing = this.#processes.reduce((total, process) => total + process.made, 0) - this.#accounted;
    const haveAllTold = this.#processes.every((process) => process.saidBye);
    const notKept = `${haveAllTold ? "" : "at least "}${missing.toLocaleString("en-US")}`;
    this.#trouble = missing === 0 ? because : { ...because, details: { ...because.details, notKept } };
    this.#tellFailure(this.#trouble);
  }

  #tellFailure(error: HindcastError): void {
    this.#letGo(this.#impatient);
    this.events.onFailure(error, this);
  }

  #letGo(waiting: (() => void)[]): void {
    for (const resolve of waiting.splice(0)) resolve();
  }

  #countAccounted(): number {
    return this.#processes.reduce((total, process) => total + process.accounted, 0);
  }

  end(): void {
    this.#isEnding = true;
  }

  /**
   * The last commit; the file can be closed afterwards. Whoever waits for a commit that is under way may start another
   * one after it: the file is let go when none runs and nothing waits.
   */
  async finish(): Promise<void> {
    this.#isFinishing = true;
    for (const process of this.#processes) {
      // Connected until now; or only to an engine before this one, and has not come back.
      const wasHere = this.#connections.has(process);
      if (wasHere) process.disconnected();
      else process.connectionLost();
      process.finish(wasHere);
    }
    this.#writer.report(this.#meter.load);
    do await this.commit();
    while (this.#committing !== undefined || (this.#hasMore() && !this.#hasGivenUp));
    clearTimeout(this.#timer);
    this.#writer.dispose();
  }
}

const countedKinds = ["events", "spans", "logs", "metrics", "writes"] as const;

/** A disk that does not answer for a moment has not lost it. */
const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: unknown) => !(error instanceof Error && "code" in error && error.code === "ENOENT"),
  );
