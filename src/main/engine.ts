// The engine as Electron's utility process. Each page gets a port of its own to it; when it dies unasked, a new one is
// there within a second and every page gets a new port.
import { randomBytes } from "node:crypto";
import { MessageChannelMain, type MessagePortMain, utilityProcess } from "electron";
import { engineEnvironment, engineV8Options, isCrash, withCrash } from "../shared/protocol/engine-environment.js";
import type { ToEngineProcess } from "../shared/protocol/engine-host.js";
import { type EngineEvents, EngineKeeper, type EngineProcess } from "../shared/protocol/engine-keeper.js";

interface Utility extends EngineProcess {
  handPort(message: ToEngineProcess, port: MessagePortMain): void;
}

export class Engine {
  readonly #keeper: EngineKeeper<Utility>;
  #nextClient = 1;
  #hasCrashed = false;

  /** `onReady` is called for every engine started: pages need a new port then. */
  constructor(entry: string, onReady: () => void) {
    const env = engineEnvironment(process.env, { pid: process.pid, session: randomBytes(16).toString("hex") });
    this.#keeper = new EngineKeeper({
      start: (events) =>
        startUtility(entry, this.#hasCrashed ? withCrash(env) : env, events, (code) => {
          this.#hasCrashed = isCrash(code);
        }),
      after,
      onReady,
      // Pages have ports of their own, which close with the process.
      onMessage: () => undefined,
      onLost: () => undefined,
      // The engine of the next start of the app does it; this process does without the engine's code.
      sweep: () => Promise.resolve(),
      stopWithinMs: 20_000,
    });
  }

  /** A line for one page; undefined while there is no engine, after which `onReady` will be called. */
  newPort(): MessagePortMain | undefined {
    if (!this.#keeper.isReady) return undefined;
    const { port1, port2 } = new MessageChannelMain();
    this.#keeper.process.handPort({ kind: "connect", client: this.#nextClient++ }, port1);
    return port2;
  }

  /** Ends live recordings, commits what was received and ends the process. */
  stop(): Promise<void> {
    return this.#keeper.stop();
  }
}

function startUtility(
  entry: string,
  env: Record<string, string | undefined>,
  events: EngineEvents,
  onEnd: (code: number) => void,
): Utility {
  const engine = utilityProcess.fork(entry, [], {
    serviceName: "Hindcast engine",
    env,
    stdio: "inherit",
    execArgv: [...engineV8Options],
  });
  engine.on("message", (message: unknown) => events.onMessage(message));
  engine.once("exit", (code) => {
    onEnd(code);
    events.onExit(code === 0);
  });
  return {
    send: (message) => engine.postMessage(message),
    handPort: (message, port) => engine.postMessage(message, [port]),
    kill: () => void engine.kill(),
  };
}

function after(ms: number, work: () => void): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
