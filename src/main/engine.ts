// The engine as Electron's utility process. Each page gets a port of its own to it; when it dies unasked, a new one is
// there within a second and every page gets a new port.
import { MessageChannelMain, type MessagePortMain, type UtilityProcess, utilityProcess } from "electron";
import * as v from "valibot";
import { engineEnvironment } from "../shared/protocol/engine-environment.js";
import { type ToEngineProcess, fromEngineProcess } from "../shared/protocol/engine-host.js";

const restartDelayMs = 100;
const stopWithinMs = 20_000;

export class Engine {
  #process: UtilityProcess;
  #isReady = false;
  #isStopping = false;
  #nextClient = 1;
  readonly #entry: string;
  readonly #onReady: () => void;

  /** `onReady` is called for every engine started: pages need a new port then. */
  constructor(entry: string, onReady: () => void) {
    this.#entry = entry;
    this.#onReady = onReady;
    this.#process = this.#start();
  }

  /** A line for one page; undefined while there is no engine, after which `onReady` will be called. */
  newPort(): MessagePortMain | undefined {
    if (!this.#isReady) return undefined;
    const { port1, port2 } = new MessageChannelMain();
    const connect: ToEngineProcess = { kind: "connect", client: this.#nextClient++ };
    this.#process.postMessage(connect, [port1]);
    return port2;
  }

  /** Ends live recordings, commits what was received and ends the process. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const engine = this.#process;
    if (engine.pid === undefined) return;
    const ended = new Promise<void>((resolve) => engine.once("exit", () => resolve()));
    const stop: ToEngineProcess = { kind: "stop" };
    engine.postMessage(stop);
    const impatience = setTimeout(() => engine.kill(), stopWithinMs);
    await ended;
    clearTimeout(impatience);
  }

  #start(): UtilityProcess {
    const engine = utilityProcess.fork(this.#entry, [], {
      serviceName: "Hindcast engine",
      env: engineEnvironment(process.env),
      stdio: "inherit",
    });
    engine.on("message", (message: unknown) => {
      const told = v.safeParse(fromEngineProcess, message);
      if (!told.success || told.output.kind !== "ready") return;
      this.#isReady = true;
      this.#onReady();
    });
    engine.once("exit", () => {
      this.#isReady = false;
      if (this.#isStopping) return;
      setTimeout(() => {
        if (!this.#isStopping) this.#process = this.#start();
      }, restartDelayMs);
    });
    return engine;
  }
}
