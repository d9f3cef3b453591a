// A recording in the making: rows from any number of agents, committed together a few times a second.
// `received` resolves after the commit that holds the batch: only then may the agent forget it.
import { MalformedBytes } from "../shared/protocol/bytes.js";
import { readRecords } from "../shared/protocol/agent-records.js";
import type { Bye, Hello, ToEngine } from "../shared/protocol/agent-wire.js";
import type { ScopeSummary } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { checkHello, checkRecords } from "./ingest/plausible.js";
import { Dictionaries } from "./ingest/dictionaries.js";
import { type Counts, type HowEnded, ProcessIngest } from "./ingest/process-ingest.js";
import { RecordingWriter } from "./store/recording-writer.js";
import type { OpenFile } from "./store/open-file.js";
import type { StoredRecording } from "./store/stored-recording.js";
import type { StoredFacts } from "./store/summary.js";

/** Between the first row and its commit; with the commit itself it stays below the promised 250 ms. */
const commitDelayMs = 100;
/** A commit starts at once when this much waits, and agents are paused at five times as much. */
const rowsPerCommit = 20_000;
const rowsToPause = 5 * rowsPerCommit;
/** Processes are numbered with one byte in the columns that panes get. */
const maxProcesses = 255;

export interface ResumedFrom {
  readonly stored: StoredRecording;
  readonly facts: StoredFacts;
}

export interface LiveEvents {
  /** After every commit. */
  onCommit(): void;
  /** The file cannot be written any more; nothing further is acknowledged. */
  onFailure(error: HindcastError): void;
}

/** What the parent of a program saw. */
export interface ProgramEnding extends HowEnded {
  readonly pid: number;
}

export class LiveRecording {
  readonly #writer: RecordingWriter;
  readonly #dictionaries: Dictionaries;
  readonly #processes: ProcessIngest[] = [];
  readonly #byRunId = new Map<string, ProcessIngest>();
  /** The connection that speaks for a process: the latest. */
  readonly #connections = new Map<ProcessIngest, object>();
  readonly #scopes: ScopeSummary[] = [];
  readonly counts: Counts = { events: 0, spans: 0, logs: 0, metrics: 0, writes: 0, lost: 0 };
  #start: bigint | undefined;
  #generation = 0;
  #timer: NodeJS.Timeout | undefined;
  #committing: Promise<void> | undefined;
  #nextCommit: { readonly done: Promise<void>; settle(): void } | undefined;
  #failed: HindcastError | undefined;
  /** Connections that close from now on are closed from this side. */
  #isEnding = false;
  /** Nothing further is taken: it would come after the last commit. */
  #isFinishing = false;

  private constructor(
    writer: RecordingWriter,
    dictionaries: Dictionaries,
    readonly path: string,
    readonly created: bigint,
    readonly events: LiveEvents,
  ) {
    this.#writer = writer;
    this.#dictionaries = dictionaries;
  }

  static async open(file: OpenFile, path: string, created: bigint, events: LiveEvents): Promise<LiveRecording> {
    const writer = await RecordingWriter.open(file);
    return new LiveRecording(writer, new Dictionaries(writer), path, created, events);
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
      processes.map(({ process }) => process),
    );
    const dictionaries = new Dictionaries(writer, known);
    const resumed = new LiveRecording(writer, dictionaries, path, created, events);
    Object.assign(resumed.counts, facts.counts);
    if (processes.length > 0) resumed.#start = facts.start;
    resumed.#scopes.push(...facts.scopes);
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

  /** Some process was here, and each has told of its end itself. */
  get haveAllSaidBye(): boolean {
    return this.#processes.length > 0 && this.#processes.every((process) => process.saidBye);
  }

  get shouldPause(): boolean {
    return this.#failed === undefined && this.#writer.waiting >= rowsToPause;
  }

  /** The process a `hello` speaks of: a new one, or one that was here before and lost its connection. */
  greet(hello: Hello, connection: object): ProcessIngest {
    checkHello(hello);
    if (this.#isFinishing) throw new MalformedBytes("the recording has ended");
    const known = this.#byRunId.get(hello.runId);
    if (known !== undefined) {
      this.#connections.set(known, connection);
      known.reconnected();
      this.#schedule();
      return known;
    }
    if (this.#processes.length >= maxProcesses) throw new MalformedBytes("too many processes");
    const number = this.#processes.length + 1;
    const process = ProcessIngest.begin(number, hello, this.#dictionaries, this.counts, this.#onScope);
    this.#add(process);
    this.#connections.set(process, connection);
    const { start } = process.row();
    if (this.#start === undefined || start < this.#start) {
      this.#start = start;
      this.#writer.startsAt(start);
    }
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
    if (this.#failed !== undefined || this.#isFinishing) return false;
    const records = readRecords(batch.records);
    checkRecords(records);
    process.batch(batch.batch, records, batch.lastSeq);
    return this.#committed();
  }

  async saidBye(process: ProcessIngest, bye: Bye): Promise<void> {
    if (this.#isFinishing) return;
    process.bye(bye);
    await this.#committed();
  }

  /** Nothing to say when the process has connected anew meanwhile. */
  connectionLost(process: ProcessIngest, connection: object): void {
    if (this.#isFinishing || this.#connections.get(process) !== connection) return;
    if (this.#isEnding) process.disconnected();
    else process.connectionLost();
    this.#schedule();
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
    if (this.#hasFailed()) return false;
    let settle = (): void => undefined;
    this.#nextCommit ??= { done: new Promise<void>((resolve) => (settle = resolve)), settle };
    const { done } = this.#nextCommit;
    this.#schedule();
    await done;
    return !this.#hasFailed();
  }

  #schedule(): void {
    if (this.#committing !== undefined || this.#failed !== undefined || this.#isFinishing) return;
    if (this.#writer.waiting >= rowsPerCommit) void this.commit();
    else this.#timer ??= setTimeout(() => void this.commit(), commitDelayMs);
  }

  /** Commits what waits now, after a commit that runs already. */
  async commit(): Promise<void> {
    while (this.#committing !== undefined) await this.#committing;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const promised = this.#nextCommit;
    this.#nextCommit = undefined;
    this.#committing = this.#commitOnce();
    await this.#committing;
    this.#committing = undefined;
    promised?.settle();
    if (this.#failed !== undefined) this.#giveUp();
    else if (this.#hasMore()) this.#schedule();
  }

  /** Nobody waits for commits that will not come. */
  #giveUp(): void {
    this.#nextCommit?.settle();
    this.#nextCommit = undefined;
  }

  #hasFailed(): boolean {
    return this.#failed !== undefined;
  }

  #hasMore(): boolean {
    return this.#writer.waiting > 0 || this.#nextCommit !== undefined;
  }

  async #commitOnce(): Promise<void> {
    if (this.#failed !== undefined || this.#writer.waiting === 0) return;
    try {
      await this.#writer.commit();
      this.#generation++;
      this.events.onCommit();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#failed = hindcastError("cannot-write", { path: this.path, reason });
      this.events.onFailure(this.#failed);
    }
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
      if (this.#connections.has(process)) process.disconnected();
      else process.connectionLost();
      process.finish();
    }
    do await this.commit();
    while (this.#committing !== undefined || (this.#hasMore() && !this.#hasFailed()));
    clearTimeout(this.#timer);
    this.#writer.dispose();
  }
}
