// The engine as a child process of a serve host or a command. Clients (pages, or the host itself) share the one IPC
// channel, told apart by number. When the engine dies unasked, every client's transport closes, and with `restart` a new
// engine is there within a second for whoever connects again.
import { type ChildProcess, fork } from "node:child_process";
import * as v from "valibot";
import { engineEnvironment } from "../shared/protocol/engine-environment.js";
import { type FromEngineProcess, type ToEngineProcess, fromEngineProcess } from "../shared/protocol/engine-host.js";
import type { Transport } from "../shared/protocol/rpc.js";

export interface EngineChildOptions {
  /** The built entry of the engine's process. */
  readonly entry: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly restart: boolean;
  /** After this it is killed: what it had committed is in the file. */
  readonly stopWithinMs?: number;
}

interface Client {
  readonly deliver: (bytes: Uint8Array) => void;
  readonly lose: () => void;
}

const restartDelayMs = 100;

export class EngineChild {
  #child: ChildProcess;
  #isReady: Promise<boolean>;
  #isStopping = false;
  #swept: Promise<void> | undefined;
  #nextClient = 1;
  readonly #clients = new Map<number, Client>();
  readonly #options: EngineChildOptions;

  constructor(options: EngineChildOptions) {
    this.#options = options;
    this.#child = this.#start();
    this.#isReady = whenReady(this.#child);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Undefined when the engine ended before it could answer. */
  async connect(): Promise<Transport | undefined> {
    if (!(await this.#isReady) || !this.#child.connected) return undefined;
    return this.#transportOf(this.#nextClient++);
  }

  /** Ends live recordings, commits what was received and ends the process. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) {
      // One that would have been started anew just now was killed.
      if (child.exitCode !== 0) this.#swept ??= sweepAfterEngine();
      return this.#swept;
    }
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    this.#send({ kind: "stop" });
    const impatience = setTimeout(() => child.kill("SIGKILL"), this.#options.stopWithinMs ?? 20_000);
    await ended;
    clearTimeout(impatience);
    await this.#swept;
  }

  #start(): ChildProcess {
    const child = fork(this.#options.entry, [], {
      env: engineEnvironment(this.#options.environment),
      // Reconstruction makes many small objects that stay: with V8's small young generation they are copied too often.
      execArgv: ["--max-semi-space-size=32"],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // A group of its own: Ctrl+C in the terminal is the program's affair; the engine ends when it is told to.
      detached: true,
    });
    child.on("message", (message) => {
      const told = v.safeParse(fromEngineProcess, message);
      if (told.success) this.#take(told.output);
    });
    child.once("exit", (code) => this.#lost(code === 0));
    // A message that could not be delivered is answered by "exit".
    child.on("error", () => undefined);
    return child;
  }

  #take(told: FromEngineProcess): void {
    if (told.kind === "bytes") this.#clients.get(told.client)?.deliver(told.bytes);
  }

  #lost(isInOrder: boolean): void {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    for (const client of clients) client.lose();
    if (this.#isStopping || !this.#options.restart) {
      // No engine comes after it that would end the programs it started.
      if (!isInOrder) this.#swept = sweepAfterEngine();
      return;
    }
    this.#isReady = new Promise((resolve) => {
      setTimeout(() => {
        if (this.#isStopping) return resolve(false);
        this.#child = this.#start();
        void whenReady(this.#child).then(resolve);
      }, restartDelayMs);
    });
  }

  #transportOf(client: number): Transport {
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
    this.#send({ kind: "connect", client });
    return {
      send: (bytes) => {
        if (this.#clients.has(client)) this.#send({ kind: "bytes", client, bytes });
      },
      onMessage: (listener) => void messageListeners.push(listener),
      onClose: (listener) => void closeListeners.push(listener),
      close: () => {
        if (!this.#clients.delete(client)) return;
        this.#send({ kind: "disconnect", client });
        lose();
      },
    };
  }

  #send(message: ToEngineProcess): void {
    if (this.#child.connected) this.#child.send(message);
  }
}

/** What an engine does at its start. Loaded when needed: hosts have no other use for the engine's code. */
async function sweepAfterEngine(): Promise<void> {
  const { sweepPrivateFolders } = await import("../engine/index.js");
  await sweepPrivateFolders();
}

function whenReady(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.on("message", (message) => {
      const told = v.safeParse(fromEngineProcess, message);
      if (told.success && told.output.kind === "ready") resolve(true);
    });
    child.once("exit", () => resolve(false));
    child.once("error", () => resolve(false));
  });
}
