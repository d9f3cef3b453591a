// One process of the system. When it ends without having been told to it is started again, at the same port, the later the
// more often that happens.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const firstPauseMs = 100;
const longestPauseMs = 3000;
const calmAfterMs = 4000;
const mostRestarts = 20;
const patienceMs = 5000;

/** Not recorded: somebody else's system, and who plays its users. */
export const outsideEnvironment = () => ({ ...process.env, HINDCAST: "off" });

export class Child {
  #script;
  #args;
  #log;
  #onMessage;
  #environment;
  #process;
  #incidents = new Set();
  #isWanted = false;
  #restarts = 0;
  #restarting = Promise.resolve();
  #port;
  url;

  /** `onMessage(message, name)`: what it tells, but for where it listens. */
  constructor(name, script, { environment, args = [], port = "0", log, onMessage }) {
    this.name = name;
    this.#script = fileURLToPath(new URL(`../${script}`, import.meta.url));
    this.#environment = environment;
    this.#args = args;
    this.#port = port;
    this.#log = log;
    this.#onMessage = onMessage;
  }

  /** Until it listens. `more` is added to its environment, also when it is started again. */
  async start(more = {}) {
    this.#isWanted = true;
    Object.assign(this.#environment, more);
    await this.#launch();
  }

  /** Starts something that ends by itself. */
  async run() {
    this.#fork();
    await once(this.#process, "exit");
  }

  /**
   * Also what is started again later begins with the incidents that are on then. Where one is turned off: until the process has
   * told what there was to tell, however busy it is, or is gone.
   */
  async turnIncident(name, isOn) {
    if (isOn) this.#incidents.add(name);
    else this.#incidents.delete(name);
    const asked = this.#process;
    if (asked === undefined || !asked.connected) return;
    const told = isOn ? undefined : hasTold(asked, name);
    // It may be gone by the time it is told.
    asked.send({ kind: "turn-incident", name, isOn }, () => {});
    await told;
  }

  /** What it is to know when it is started again. */
  remember(name, value) {
    this.#environment[name] = value;
  }

  /** One restart after the other. `whenStopped` is called in between. */
  restart(whenStopped = () => {}) {
    this.#restarting = this.#restarting.then(async () => {
      this.#log.info({ service: this.name }, "service restarted");
      await this.stop();
      whenStopped();
      await this.start();
    });
    return this.#restarting;
  }

  async stop() {
    this.#isWanted = false;
    const { exitCode, signalCode } = this.#process ?? {};
    if (this.#process === undefined || exitCode !== null || signalCode !== null) return;
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), patienceMs);
    await exited;
    clearTimeout(timer);
  }

  #fork() {
    this.#process = fork(this.#script, this.#args, {
      env: { ...this.#environment, PORT: this.#port, LEDGER_INCIDENTS: [...this.#incidents].join(",") },
      stdio: "inherit",
    });
    this.#process.on("message", (/** @type {any} */ message) => {
      if (message.kind === "listening") this.#listens(message.url);
      else this.#onMessage(message, this.name);
    });
  }

  async #launch() {
    const startedMs = performance.now();
    this.#fork();
    this.#process.once("exit", (code, signal) => {
      this.#listens(undefined);
      if (!this.#isWanted || signal === "SIGINT") return;
      if (performance.now() - startedMs > calmAfterMs) this.#restarts = 0;
      this.#startAgain(code ?? signal);
    });
    await new Promise((resolve) => (this.#listens = (url) => resolve(url !== undefined && this.#noteUrl(url))));
  }

  #listens = (_url) => {};

  #noteUrl(url) {
    this.url = url;
    this.#port = new URL(url).port;
  }

  #startAgain(ending) {
    if (this.#restarts === mostRestarts) {
      this.#log.fatal({ service: this.name, ending }, "service given up");
      this.#onMessage({ kind: "given-up" }, this.name);
      return;
    }
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** this.#restarts++);
    this.#log.error({ service: this.name, ending, pauseMs }, "service ended, starting it again");
    setTimeout(() => void (this.#isWanted && this.#launch()), pauseMs);
  }
}

const hasTold = (child, name) =>
  new Promise((resolve) => {
    const over = () => {
      child.off("message", hear);
      child.off("disconnect", over);
      resolve(undefined);
    };
    const hear = (message) => {
      if (message.kind === "incident-ended" && message.name === name) over();
    };
    child.on("message", hear);
    child.on("disconnect", over);
  });
