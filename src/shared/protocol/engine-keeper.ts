// Keeps one engine's process running for a host, whatever kind of process the host can start: a new one within a second of
// the old one's death, later and later while they die early, none when that leads nowhere. The engines it starts in place
// of each other share a session: the next goes on with what the one before was recording.
import * as v from "valibot";
import { type FromEngineProcess, type ToEngineProcess, fromEngineProcess } from "./engine-host.js";

/** A process of whatever kind; what it says and its end go to the `EngineEvents` it was started with. */
export interface EngineProcess {
  /** Nothing happens when it is gone. */
  send(message: ToEngineProcess): void;
  kill(): void;
}

export interface EngineEvents {
  onMessage(raw: unknown): void;
  /** Once. `isInOrder`: it ended by itself, all its work done. */
  onExit(isInOrder: boolean): void;
}

export interface KeeperOptions<Process extends EngineProcess> {
  start(events: EngineEvents): Process;
  /** A timer of the host's platform; returns what stops it. */
  after(ms: number, work: () => void): () => void;
  onReady?(): void;
  onMessage(told: FromEngineProcess): void;
  /** Everybody's line to it is broken. */
  onLost(): void;
  /** No engine comes after the one that was killed: what it had begun ends. */
  sweep(): Promise<void>;
  /** After this it is killed: what it had committed is in the file. */
  readonly stopWithinMs: number;
}

const firstDelayMs = 100;
/** Between engines that never answered. */
const longestDelayMs = 400;
/** An engine that answered and lived so long is none that dies at its start. */
const earlyMs = 1000;
/**
 * So many in a row that die at their start are a crash loop; fewer when none ever answered. One that somebody kills again and
 * again, whenever that is, lives longer now and then.
 */
const mostEarly = 40;
const mostWithoutAnswer = 5;

export class EngineKeeper<Process extends EngineProcess> {
  readonly #options: KeeperOptions<Process>;
  #process: Process;
  #state: "starting" | "ready" | "dead" | "given-up" = "starting";
  #isStopping = false;
  #startedMs = 0;
  #delayMs = firstDelayMs;
  #hasAnswered = false;
  /** Deaths in a row, of engines at their start. */
  #early = 0;
  #cancelStart: () => void = () => undefined;
  #swept: Promise<void> | undefined;
  #waiting: ((process: Process | undefined) => void)[] = [];
  #stopped: (() => void)[] = [];

  constructor(options: KeeperOptions<Process>) {
    this.#options = options;
    this.#process = this.#start();
  }

  /** The latest, which may be dead. */
  get process(): Process {
    return this.#process;
  }

  /** How often it died before no further one was started; undefined while one is. */
  get gaveUpAfter(): number | undefined {
    return this.#state === "given-up" ? this.#early : undefined;
  }

  get isReady(): boolean {
    return this.#state === "ready";
  }

  /** The next engine that answers; undefined when none will. */
  ready(): Promise<Process | undefined> {
    if (this.#state === "ready") return Promise.resolve(this.#process);
    if (this.#state === "given-up" || this.#isStopping) return Promise.resolve(undefined);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends live recordings, commits what was received and ends the process. */
  async stop(withinMs = this.#options.stopWithinMs): Promise<void> {
    this.#isStopping = true;
    if (this.#state === "dead") {
      // One that would have been started anew just now.
      this.#cancelStart();
      this.#settle(undefined);
      this.#swept ??= this.#options.sweep();
    } else if (this.#state !== "given-up") {
      const engine = this.#process;
      const ended = new Promise<void>((resolve) => this.#stopped.push(resolve));
      engine.send({ kind: "stop" });
      const calmDown = this.#options.after(withinMs, () => engine.kill());
      await ended;
      calmDown();
    }
    await this.#swept;
  }

  #start(): Process {
    this.#state = "starting";
    this.#startedMs = Date.now();
    return this.#options.start({
      onMessage: (raw) => {
        const told = v.safeParse(fromEngineProcess, raw);
        if (!told.success) return;
        if (told.output.kind === "ready") this.#isReadyNow();
        else this.#options.onMessage(told.output);
      },
      onExit: (isInOrder) => this.#exited(isInOrder),
    });
  }

  #isReadyNow(): void {
    if (this.#state !== "starting") return;
    this.#state = "ready";
    this.#hasAnswered = true;
    this.#settle(this.#process);
    this.#options.onReady?.();
  }

  #exited(isInOrder: boolean): void {
    const wasReady = this.#state === "ready";
    this.#state = "dead";
    this.#options.onLost();
    if (this.#isStopping) {
      if (!isInOrder) this.#swept = this.#options.sweep();
      this.#settle(undefined);
      for (const resolve of this.#stopped.splice(0)) resolve();
      return;
    }
    const hasLived = wasReady && Date.now() - this.#startedMs >= earlyMs;
    this.#early = hasLived ? 0 : this.#early + 1;
    if (this.#early >= (this.#hasAnswered ? mostEarly : mostWithoutAnswer)) {
      this.#state = "given-up";
      this.#settle(undefined);
      this.#swept = this.#options.sweep();
      return;
    }
    this.#delayMs = wasReady ? firstDelayMs : Math.min(this.#delayMs * 2, longestDelayMs);
    this.#cancelStart = this.#options.after(this.#delayMs, () => (this.#process = this.#start()));
  }

  #settle(process: Process | undefined): void {
    for (const resolve of this.#waiting.splice(0)) resolve(process);
  }
}
