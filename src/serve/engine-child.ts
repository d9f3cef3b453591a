// The engine as a child process of a serve host or a command. Clients (pages, or the host itself) share the one IPC
// channel, told apart by number. When the engine dies unasked, every client's transport closes, and a new engine is there
// within a second for whoever connects again.
import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { constants } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { engineEnvironment, engineV8Options, isCrash, withCrash } from "../shared/protocol/engine-environment.js";
import type { FromEngineProcess } from "../shared/protocol/engine-host.js";
import { type EngineEvents, EngineKeeper, type EngineProcess } from "../shared/protocol/engine-keeper.js";
import type { Transport } from "../shared/protocol/rpc.js";

export interface EngineChildOptions {
  /** The built entry of the engine's process. */
  readonly entry: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly stopWithinMs?: number;
  /** So many questions in a row, a second apart, go without a sign of life from an engine that stands still. */
  readonly silentAfter?: number;
}

/** A slow engine answers: it does what takes long beside its own thread. */
const defaultSilentAfter = 60;
const askEveryMs = 1000;

interface Client {
  readonly deliver: (bytes: Uint8Array) => void;
  readonly lose: () => void;
}

interface Child extends EngineProcess {
  readonly pid: number | undefined;
}

export class EngineChild {
  readonly #keeper: EngineKeeper<Child>;
  readonly #session = randomBytes(16).toString("hex");
  #hasCrashed = false;
  #nextClient = 1;
  readonly #clients = new Map<number, Client>();
  readonly #silentAfter: number;
  /** Questions since the last sign of life. */
  #unanswered = 0;

  constructor({ entry, environment, stopWithinMs = 20_000, silentAfter = defaultSilentAfter }: EngineChildOptions) {
    this.#silentAfter = silentAfter;
    const env = engineEnvironment(environment, { pid: process.pid, session: this.#session });
    this.#keeper = new EngineKeeper({
      start: (events) => {
        this.#unanswered = 0;
        return startChild(entry, this.#hasCrashed ? withCrash(env) : env, {
          onMessage: (raw) => {
            this.#unanswered = 0;
            events.onMessage(raw);
          },
          onEnd: (code) => {
            this.#hasCrashed = isCrash(code);
            events.onExit(code === 0);
          },
        });
      },
      after,
      onMessage: (told) => this.#take(told),
      onLost: () => this.#lost(),
      sweep: () => sweepAfterEngine(this.#session),
      stopWithinMs,
    });
  }

  get pid(): number | undefined {
    return this.#keeper.process.pid;
  }

  /** How often the engine died before no further one was started; undefined while one is. */
  get gaveUpAfter(): number | undefined {
    return this.#keeper.gaveUpAfter;
  }

  /** Waits for an engine that answers; undefined when none will come. */
  async connect(): Promise<Transport | undefined> {
    const engine = await this.#keeper.ready();
    return engine === undefined ? undefined : this.#transportTo(engine, this.#nextClient++);
  }

  /**
   * Resolves when the engine stands still, for so many seconds as it answers, or when that is not of interest any more.
   * Questions are counted and not time: a host that stood still itself has asked none meanwhile.
   */
  async whenSilent(signal: AbortSignal): Promise<number> {
    while (!this.#isSilent && !signal.aborted) {
      this.#unanswered++;
      this.#keeper.process.send({ kind: "ping" });
      await wait(askEveryMs, undefined, { signal }).catch(() => undefined); // the signal came
    }
    return (this.#unanswered * askEveryMs) / 1000;
  }

  get #isSilent(): boolean {
    return this.#unanswered >= this.#silentAfter;
  }

  /** Ends live recordings, commits what was received and ends the process. One that stands still is killed. */
  stop(): Promise<void> {
    return this.#isSilent ? this.#keeper.stop(0) : this.#keeper.stop();
  }

  #take(told: FromEngineProcess): void {
    if (told.kind === "bytes") this.#clients.get(told.client)?.deliver(told.bytes);
  }

  #lost(): void {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    for (const client of clients) client.lose();
  }

  #transportTo(engine: Child, client: number): Transport {
    const messageListeners: ((bytes: Uint8Array) => void)[] = [];
    const closeListeners: (() => void)[] = [];
    const lose = (): void => {
      for (const listener of closeListeners.splice(0)) listener();
    };
    this.#clients.set(client, {
      deliver: (bytes) => {
        for (const listener of messageListeners) listener(bytes);
      },
      lose,
    });
    engine.send({ kind: "connect", client });
    return {
      send: (bytes) => {
        if (this.#clients.has(client)) engine.send({ kind: "bytes", client, bytes });
      },
      onMessage: (listener) => void messageListeners.push(listener),
      onClose: (listener) => void closeListeners.push(listener),
      close: () => {
        if (!this.#clients.delete(client)) return;
        engine.send({ kind: "disconnect", client });
        lose();
      },
    };
  }
}

interface ChildEvents extends Pick<EngineEvents, "onMessage"> {
  /** Once. */
  onEnd(code: number): void;
}

function startChild(entry: string, env: NodeJS.ProcessEnv, events: ChildEvents): Child {
  const child: ChildProcess = fork(entry, [], {
    env,
    execArgv: [...engineV8Options],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // A group of its own: Ctrl+C in the terminal is the program's affair; the engine ends when it is told to.
    detached: true,
  });
  let hasEnded = false;
  const end = (code: number): void => {
    if (hasEnded) return;
    hasEnded = true;
    events.onEnd(code);
  };
  child.on("message", (message) => events.onMessage(message));
  child.once("exit", (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  // One that never started has no exit; of a message that could not be delivered "exit" tells.
  child.on("error", () => {
    if (child.pid === undefined) end(1);
  });
  return {
    pid: child.pid,
    send: (message) => {
      if (child.connected) child.send(message);
    },
    kill: () => void child.kill("SIGKILL"),
  };
}

/** What an engine does at its start. Loaded when needed: hosts have no other use for the engine's code. */
async function sweepAfterEngine(session: string): Promise<void> {
  const { sweepPrivateFolders } = await import("../engine/index.js");
  await sweepPrivateFolders(undefined, session);
}

function after(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
