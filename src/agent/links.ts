// The agent's own thread: one for all threads of the program, with a link to the engine for each. The main thread tells it
// what to do by messages and waits for it at the end of the process; what worker threads say comes over a channel. A thread
// that ended tells so in its memory; of one that was ended, and cannot, the thread that started it says so.
import { type Keep, writeNew } from "./keeper.js";
import { types } from "node:util";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import type { ProcessFacts } from "./process-facts.js";
import { control } from "./ring.js";
import { type ThreadPlace, listenOn } from "./thread-place.js";
import { ownWorkerKind } from "./wanted.js";
import type { LinkSetup } from "./link-setup.js";
import type { SourcesLoaded } from "./loaded-sources.js";
import { SourceReader } from "./source-reader.js";
import { sourceRedaction } from "../redact/sources.js";
import { EngineLink } from "./worker.js";

/** What the main thread asks for; `detach` is asked of it: the engine wants the agent to leave the program. */
export const asked = {
  stop: "stop",
  flush: "flush",
  leave: "leave",
  leaveBehind: "leave-behind",
  detach: "detach",
} as const;

export interface AgentThreadSetup extends LinkSetup, Pick<ThreadPlace, "channel" | "state"> {
  readonly kind: typeof ownWorkerKind;
}

/** From a thread that begins to record. */
export interface BeginThread {
  readonly kind: "begin";
  readonly memory: SharedArrayBuffer;
  readonly facts: ProcessFacts;
}

/** From the main thread, whose ring goes on in other bytes. */
export interface ChangeRing {
  readonly kind: "ring";
  readonly records: SharedArrayBuffer;
}

/** From one whose process is about to end by a signal. */
interface FlushThread {
  readonly kind: "flush";
  readonly runId: string;
}

/** From whoever started a thread that is no more. */
export interface ThreadGone {
  readonly kind: "gone";
  readonly threadId: number;
}

/** From a thread whose child process has ended. */
export interface ChildGone {
  readonly kind: "child";
  readonly runId: string;
  readonly pid: number;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/** As Node reports a thread that was ended from outside. */
const terminatedCode = 1;

interface ThreadLink {
  readonly facts: ProcessFacts;
  readonly link: EngineLink;
}

export class Links {
  readonly #setup: AgentThreadSetup;
  readonly #main: EngineLink;
  readonly #threads = new Map<string, ThreadLink>();
  readonly #sources: SourceReader;
  #finishMain: (() => void) | undefined;

  constructor(setup: AgentThreadSetup) {
    this.#setup = setup;
    const { settings, token } = setup.facts;
    const redacted = sourceRedaction(settings.redaction, token);
    this.#sources = new SourceReader({ keepsTexts: settings.sources !== false, redacted });
    this.#main = new EngineLink(setup, {
      onProgress: () => undefined,
      onDetach: () => parentPort?.postMessage(asked.detach),
      onDone: (finish) => {
        this.#finishMain = finish;
        this.#finishIfAllDone();
      },
    });
  }

  start(): void {
    this.#main.start();
    listenOn(this.#setup, (said) => this.hear(said));
  }

  hear(said: unknown): void {
    if (!isSaid(said)) return;
    if (said.kind === "begin") this.#begin(said);
    else if (said.kind === "child") this.#childGone(said);
    else if (said.kind === "keep") writeNew(said);
    else if (said.kind === "sources") this.#sourcesLoaded(said);
    else if (said.kind === "ring") this.#main.offerRing(said.records);
    else if (said.kind === "flush") this.#threads.get(said.runId)?.link.flush();
    else this.#gone(said.threadId);
  }

  stop(): void {
    for (const { link } of this.#threads.values()) link.cutOff(undefined);
    this.#main.stop();
  }

  flush(): void {
    for (const { link } of this.#threads.values()) link.flush();
    this.#main.flush();
  }

  leave(): void {
    for (const { link } of this.#threads.values()) link.leave();
    this.#main.leave();
  }

  leaveBehind(): void {
    for (const { link } of [...this.#threads.values()]) link.leaveBehind();
    this.#main.leaveBehind();
  }

  /** An exception that escaped here, whosever. */
  fail(): void {
    for (const { link } of [...this.#threads.values()]) link.fail();
    this.#main.fail();
  }

  #begin({ memory, facts }: BeginThread): void {
    if (this.#threads.has(facts.runId)) return;
    const thread = new EngineLink(
      { memory, facts, socketPath: this.#setup.socketPath, hostPid: this.#setup.hostPid, hasStacks: false },
      {
        // The main thread may be waiting, at the end of the process.
        onProgress: () => void Atomics.add(new Int32Array(this.#setup.memory), control.progress, 1),
        onDetach: () => undefined,
        onDone: (finish) => {
          finish();
          this.#threads.delete(facts.runId);
          this.#share();
          this.#finishIfAllDone();
        },
      },
    );
    this.#threads.set(facts.runId, { facts, link: thread });
    this.#share();
    thread.start();
  }

  #share(): void {
    const count = this.#threads.size + 1;
    for (const { link } of this.#threads.values()) link.shareAmong(count);
    this.#main.shareAmong(count);
  }

  #childGone({ runId, pid, exitCode, signal }: ChildGone): void {
    const { link } = this.#threads.get(runId) ?? { link: this.#main };
    link.childEnded({ kind: "child-ended", pid, exitCode, signal });
    link.noteHeard();
  }

  #sourcesLoaded({ runId, sources }: SourcesLoaded): void {
    const { link } = this.#threads.get(runId) ?? { link: this.#main };
    for (const loaded of sources)
      try {
        for (const record of this.#sources.read(loaded)) link.addRecord(record);
      } catch {
        link.noteFault();
      }
    link.noteHeard();
  }

  /** And with it those it had started. */
  #gone(threadId: number): void {
    const gone = [...this.#threads.values()].find(({ facts }) => facts.thread?.id === threadId);
    if (gone !== undefined) this.#end(gone, terminatedCode);
  }

  #end({ facts, link }: ThreadLink, exitCode: number | undefined): void {
    for (const other of [...this.#threads.values()])
      if (other.facts.parentRunId === facts.runId) this.#end(other, undefined);
    link.cutOff(exitCode);
  }

  #finishIfAllDone(): void {
    if (this.#threads.size === 0) this.#finishMain?.();
  }
}

type Said = BeginThread | ChangeRing | FlushThread | ThreadGone | ChildGone | SourcesLoaded | Keep;

/** What threads say, none of it by anybody but us: who knows the channel's name could as well write into our memory. */
const isSaid = (said: unknown): said is Said =>
  typeof said === "object" &&
  said !== null &&
  "kind" in said &&
  typeof said.kind === "string" &&
  (said.kind !== "ring" || ("records" in said && types.isSharedArrayBuffer(said.records))) &&
  (said.kind !== "begin" || ("memory" in said && types.isSharedArrayBuffer(said.memory) && "facts" in said));

/** In the agent's thread. */
export function runAsWorker(): void {
  const setup: unknown = workerData;
  if (isMainThread || !isSetup(setup)) return;
  const links = new Links(setup);
  process.on("uncaughtException", () => links.fail());
  parentPort?.on("message", (message) => {
    if (message === asked.flush) links.flush();
    else if (message === asked.leave) links.leave();
    else if (message === asked.leaveBehind) links.leaveBehind();
    else if (message === asked.stop) links.stop();
    else links.hear(message);
  });
  links.start();
}

const isSetup = (data: unknown): data is AgentThreadSetup =>
  typeof data === "object" && data !== null && "kind" in data && data.kind === ownWorkerKind;
