// The processes of a recording in the making: by number and by run, and which connection speaks for each.
import type { ChildEnded, Hello } from "../shared/protocol/agent-wire.js";
import type { ScopeSummary } from "../shared/protocol/recording-summary.js";
import type { Dictionaries } from "./ingest/dictionaries.js";
import { type Counts, type HowEnded, ProcessIngest } from "./ingest/process-ingest.js";
import type { StoredRecording } from "./store/stored-recording.js";

/** All of them are told to the window with each commit. Their numbers are of two bytes in the columns that panes get. */
const maxProcesses = 4096;

/** What the parent of a program saw. */
export interface ProgramEnding extends HowEnded {
  readonly pid: number;
}

export class RecordedProcesses {
  readonly #all: ProcessIngest[] = [];
  readonly #byRunId = new Map<string, ProcessIngest>();
  /** The connection that speaks for a process: the latest. */
  readonly #connections = new Map<ProcessIngest, object>();
  readonly #scopes: ScopeSummary[] = [];
  #start: bigint | undefined;
  #saysFull = false;

  constructor(
    readonly created: bigint,
    readonly dictionaries: Dictionaries,
    readonly counts: Counts,
  ) {}

  /** Those of an engine that is gone. */
  restore({ dictionaries: known, processes }: StoredRecording, scopes: readonly ScopeSummary[]): void {
    for (const scope of scopes) this.#scopes.push(scope);
    const nameOf = (id: number): string => known.names.get(id) ?? "";
    for (const process of processes)
      this.#add(ProcessIngest.restore(process, nameOf, this.dictionaries, this.counts, this.#onScope));
  }

  get all(): readonly ProcessIngest[] {
    return this.#all;
  }

  get scopes(): readonly ScopeSummary[] {
    return this.#scopes;
  }

  /** Of the first of them; of the recording while there is none. */
  get start(): bigint {
    return this.#start ?? this.created;
  }

  /** When any was seen last. */
  get newest(): bigint {
    return this.#all.reduce((latest, { lastSeen }) => (lastSeen > latest ? lastSeen : latest), 0n);
  }

  /** Records that came, with those that are counted as lost. */
  get accounted(): number {
    return this.#all.reduce((total, process) => total + process.accounted, 0);
  }

  /** Records that were made, as far as they told. */
  get made(): number {
    return this.#all.reduce((total, process) => total + process.made, 0);
  }

  get haveAllSaidBye(): boolean {
    return this.#all.every((process) => process.saidBye);
  }

  of(hello: Hello): ProcessIngest | undefined {
    return this.#byRunId.get(hello.runId);
  }

  /** Whether it holds as many as it can. Said in it once. */
  get isFull(): boolean {
    const isFull = this.#all.length >= maxProcesses;
    if (isFull && !this.#saysFull) {
      this.#saysFull = true;
      const label = `no more than ${maxProcesses} processes and threads are recorded, and there are more`;
      this.dictionaries.writer.mark({ process: 1, seq: 0, instant: this.newest, kind: "error", label, lost: 0 });
    }
    return isFull;
  }

  /** `isEarliest`: the recording begins with it. */
  begin(hello: Hello): { readonly process: ProcessIngest; readonly isEarliest: boolean } {
    const number = this.#all.length + 1;
    const process = ProcessIngest.begin(number, hello, this.dictionaries, this.counts, this.#onScope);
    return { process, isEarliest: this.#add(process) };
  }

  readonly #onScope = (seen: ScopeSummary): void => void this.#scopes.push(seen);

  /** Whether the recording begins with it. */
  #add(process: ProcessIngest): boolean {
    this.#all.push(process);
    this.#byRunId.set(process.hello.runId, process);
    const { start } = process.row();
    const isEarliest = this.#start === undefined || start < this.#start;
    if (isEarliest) this.#start = start;
    return isEarliest;
  }

  connected(process: ProcessIngest, connection: object): void {
    this.#connections.set(process, connection);
  }

  /** False when it has connected anew meanwhile. */
  isSpokenForBy(process: ProcessIngest, connection: object): boolean {
    return this.#connections.get(process) === connection;
  }

  /** As `programEnded`, by whoever started it: of pids that repeat, its own child is meant. */
  childEnded({ hello: parent }: ProcessIngest, { pid, exitCode, signal }: ChildEnded): void {
    const child = this.#all.findLast(({ hello }) => hello.pid === pid && hello.thread === undefined);
    if (child?.hello.parentRunId === parent.runId) this.programEnded({ pid, exitCode, signal });
  }

  /** Nothing to say of a program that was not recorded itself: a shell, say. The latest of an id is meant. */
  programEnded({ pid, exitCode, signal }: ProgramEnding): void {
    const ended = this.#all.findLast(({ hello }) => hello.pid === pid && hello.thread === undefined);
    if (ended === undefined) return;
    ended.endedAs({ exitCode, signal });
    // A signal ends its threads with it.
    if (signal === undefined) return;
    for (const thread of this.#all.slice(ended.process))
      if (thread.hello.pid === pid && !thread.saidBye) thread.endedAs({ signal });
  }

  finish(): void {
    for (const process of this.#all) {
      // Connected until now; or only to an engine before this one, and has not come back.
      const wasHere = this.#connections.has(process);
      if (wasHere) process.disconnected();
      else process.connectionLost();
      process.finish(wasHere);
    }
  }
}
