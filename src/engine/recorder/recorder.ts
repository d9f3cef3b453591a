// A live recording as the engine's thread sees it: facts as of the last commit, and answers from the thread that records.
import { MessageChannel, Worker } from "node:worker_threads";
import { Cancelled } from "../../shared/base/cancel.js";
import type { Result } from "../../shared/base/result.js";
import type { ToldAgents } from "../../shared/protocol/agent-wire.js";
import type { HindcastError } from "../../shared/protocol/errors.js";
import type { ScopeSummary } from "../../shared/protocol/recording-summary.js";
import { type Asker, type Progress, nobody } from "../../shared/base/asker.js";
import type { ProgramEnding } from "../recorded-processes.js";
import type { ExportRequest, Exported } from "../store/export-file.js";
import type { Limits, Pin } from "../store/flight-store.js";
import type { KeptChange } from "../store/kept-changes.js";
import { noChanges } from "../store/last-changes.js";
import { FileClosed, type Query } from "../store/readers.js";
import type { RecordingFile } from "../store/recording-file.js";
import { Rows } from "../store/rows.js";
import type {
  Answer,
  FromRecorder,
  LiveFacts,
  Presence,
  Request,
  RequestKind,
  ToBegin,
  ToRecorder,
} from "./messages.js";
import { type Port, portOf, portOfThread } from "./port.js";
import { serveRecorder } from "./serve-recorder.js";

export interface RecorderEvents {
  /** Facts are new. */
  onChange(): void;
  onFailure(error: HindcastError): void;
}

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
  readonly tell: Progress;
}

const nothingYet: LiveFacts = {
  told: 0,
  generation: 0,
  changes: noChanges,
  lateWrites: 0,
  start: 0n,
  processes: [],
  newScopes: [],
  counts: { events: 0, spans: 0, logs: 0, metrics: 0, writes: 0, lost: 0 },
  engine: undefined,
  kept: undefined,
  failure: undefined,
};

export class Recorder implements RecordingFile {
  readonly #port: Port<FromRecorder, ToRecorder>;
  readonly #events: RecorderEvents;
  readonly #waiting = new Map<number, Waiting>();
  readonly #scopes: ScopeSummary[] = [];
  readonly #told = new Int32Array(new SharedArrayBuffer(4));
  #facts = nothingYet;
  #lateFacts: (() => void)[] = [];
  #nextId = 1;
  #isClosed = false;

  private constructor(port: Port<FromRecorder, ToRecorder>, events: RecorderEvents) {
    this.#port = port;
    this.#events = events;
    port.onMessage((message) => this.#take(message));
  }

  /** In a thread of its own, from its built file; without one beside everything else on this thread. */
  static start(threadFile: URL | undefined, events: RecorderEvents): Recorder {
    if (threadFile !== undefined) return new Recorder(portOfThread(new Worker(threadFile)), events);
    const { port1, port2 } = new MessageChannel();
    serveRecorder(portOf(port2));
    return new Recorder(portOf(port1), events);
  }

  create(
    about: Omit<ToBegin, "told"> & { readonly created: bigint; readonly appVersion: string; readonly limits: Limits },
  ): Promise<Result<undefined, HindcastError>> {
    return this.#begin({ ...about, kind: "create", told: this.#told.buffer });
  }

  resume(about: Omit<ToBegin, "told">): Promise<Result<undefined, HindcastError>> {
    return this.#begin({ ...about, kind: "resume", told: this.#told.buffer });
  }

  async #begin(request: Extract<Request, { kind: "create" | "resume" }>): Promise<Result<undefined, HindcastError>> {
    const begun = await this.#ask<"create" | "resume">(request);
    if (!begun.ok) this.#end();
    return begun;
  }

  get facts(): LiveFacts {
    return this.#facts;
  }

  get scopes(): readonly ScopeSummary[] {
    return this.#scopes;
  }

  /** Resolves when `facts` hold all that any program was told to be taken in. */
  async caughtUp(): Promise<void> {
    while (!this.#isClosed && this.#facts.told < Atomics.load(this.#told, 0))
      await new Promise<void>((resolve) => this.#lateFacts.push(resolve));
  }

  readonly query: Query = async (sql, values = [], asker) =>
    Rows.fromMessage(await this.#ask<"query">({ kind: "query", sql, values }, asker));

  async commit(): Promise<void> {
    await this.#ask<"commit">({ kind: "commit" });
  }

  exportTo({ asker, ...request }: ExportRequest): Promise<Result<Exported, HindcastError>> {
    return this.#ask<"export">({ kind: "export", ...request }, asker);
  }

  pin(label: string, since: bigint, until: bigint): Promise<Pin> {
    return this.#ask<"pin">({ kind: "pin", label, since, until });
  }

  /** False when there is no such pin. */
  unpin(id: number): Promise<boolean> {
    return this.#ask<"unpin">({ kind: "unpin", id });
  }

  /** They are in the file when this resolves. */
  async changeKept(changes: readonly KeptChange[]): Promise<void> {
    await this.#ask<"keep">({ kind: "keep", changes });
  }

  async configure(told: ToldAgents): Promise<void> {
    await this.#ask<"configure">({ kind: "configure", ...told });
  }

  presence(): Promise<Presence> {
    return this.#ask<"presence">({ kind: "presence" });
  }

  async detach(withinMs: number): Promise<void> {
    await this.#ask<"detach">({ kind: "detach", withinMs });
  }

  async whenQuiet(withinMs: number): Promise<void> {
    await this.#ask<"quiet">({ kind: "quiet", withinMs });
  }

  async finish(endings: readonly ProgramEnding[]): Promise<void> {
    await this.#ask<"finish">({ kind: "finish", endings });
  }

  async close(): Promise<void> {
    await this.#ask<"close">({ kind: "close" });
    this.#end();
  }

  #end(): void {
    this.#isClosed = true;
    this.#port.close();
    for (const { reject } of this.#waiting.values()) reject(new FileClosed());
    this.#waiting.clear();
    this.#tellLate();
  }

  #ask<Kind extends RequestKind>(
    request: Extract<Request, { kind: Kind }>,
    { signal, tell }: Asker = nobody,
  ): Promise<Answer<Kind>> {
    if (this.#isClosed) return Promise.reject(new FileClosed());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#port.send({ kind: "ask", id, request });
      const forget = signal.onAbort(() => this.#port.send({ kind: "give-up", id }));
      this.#waiting.set(id, {
        resolve: (answer) => {
          forget();
          resolve(answer as Answer<Kind>);
        },
        reject: (error) => {
          forget();
          reject(error);
        },
        tell,
      });
    });
  }

  #take(message: FromRecorder): void {
    switch (message.kind) {
      case "answer":
        return this.#settled(message.id)?.resolve(message.answer);
      case "failed":
        return this.#settled(message.id)?.reject(errorFrom(message.name, message.message));
      case "progress":
        return this.#waiting.get(message.id)?.tell(message.progress);
      case "facts":
        this.#facts = message.facts;
        this.#scopes.push(...message.facts.newScopes);
        this.#tellLate();
        return this.#events.onChange();
      case "trouble":
        return this.#events.onFailure(message.error);
    }
  }

  #settled(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #tellLate(): void {
    for (const tell of this.#lateFacts.splice(0)) tell();
  }
}

function errorFrom(name: string, message: string): Error {
  if (name === "FileClosed") return new FileClosed();
  if (name === "Cancelled") return new Cancelled();
  return new Error(message);
}
