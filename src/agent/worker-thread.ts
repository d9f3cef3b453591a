// Starts the agent's worker from the program's main thread, and waits for it, bounded, when the program ends.
import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { leftWholeBytes } from "../shared/protocol/agent-wire.js";
import type { Delivery, Ending } from "./delivery.js";
import { byeFrame, helloFrame, noteEnding } from "./frames.js";
import { isFunction } from "./own-data.js";
import { leaveBehind } from "./left-behind.js";
import { deliveryOf } from "./link-setup.js";
import { type AgentThreadSetup, type ChangeRing, asked } from "./links.js";
import { RingMemory, control, facts, leaver, link } from "./ring.js";
import { ears } from "./thread-place.js";
import { untold } from "./untold-thread.js";

const originalPost: unknown = Reflect.get(Worker.prototype, "postMessage");

/** An exit is held up only while an engine is connected or about to be: until nothing has moved for so long … */
const maxStillMs = 5000;
/** … so long altogether while it is being started again, because it was killed … */
const maxLostMs = 5000;
/** … and never longer than this. It usually takes a millisecond; a flood just before the exit can take seconds. */
const maxExitWaitMs = 30_000;
/** After that for what is on its way, and for good-bye with the number of what was not sent; or until that is on disk. */
const maxLeaveMs = 10_000;
/** A program that goes on is left behind what was recorded of it, or after this. */
const maxDetachMs = 5000;
const detachLookMs = 10;

export class WorkerThread implements Delivery {
  #worker: Worker | undefined;
  readonly #file: string;
  readonly #setup: AgentThreadSetup;
  readonly #memory: RingMemory;
  readonly #now: () => number;
  readonly #onDetach: () => void;

  constructor(file: string, setup: AgentThreadSetup, now: () => number, onDetach: () => void) {
    this.#onDetach = onDetach;
    this.#file = file;
    this.#setup = setup;
    this.#memory = new RingMemory(setup.memory);
    this.#now = now;
    this.startIfThereIsAnEngine();
  }

  /** Without a socket there is nothing to do for a worker, and nothing to wait for at exit: try again now and then. */
  startIfThereIsAnEngine(): void {
    if (this.#worker !== undefined) return;
    // A Windows pipe is no file: there the worker finds out by connecting.
    const isThere = process.platform === "win32" || existsSync(this.#setup.socketPath);
    this.#setLink(isThere ? link.connecting : link.absent);
    if (!isThere) return;
    // Captured streams, no options and no environment: whatever the worker does, the program's stdio stays its own.
    const options = { workerData: this.#setup, execArgv: [], env: {}, stdin: false, stdout: true, stderr: true };
    this.#setEars(ears.soon);
    this.#worker = untold(() => new Worker(this.#file, options));
    this.#worker.on("error", () => this.#isGone());
    this.#worker.on("exit", () => this.#isGone());
    this.#worker.on("message", (said) => {
      if (said === asked.detach) this.#onDetach();
    });
    // Last: who listens for messages is a reason for Node to go on.
    this.#worker.unref();
  }

  /** False once the engine refused us or the worker is gone: nothing will ever be sent. */
  get isUseful(): boolean {
    return Atomics.load(this.#memory.control, control.link) !== link.refused;
  }

  get hasEngine(): boolean {
    return this.isWorthWaitingFor;
  }

  get isWorthWaitingFor(): boolean {
    const state = Atomics.load(this.#memory.control, control.link);
    return state === link.connected || state === link.connecting || state === link.lost;
  }

  /**
   * Blocks until everything is with the kernel; returns at once when no engine is connected. `flush` may add records, and
   * is true when it has none to add. What the engine has not taken by then is left behind for it.
   */
  end(ending: () => Ending, flush: () => boolean): void {
    const { control: words } = this.#memory;
    const [startMs, patience] = [this.#now(), this.#patience(maxExitWaitMs)];
    while (!flush() && this.isWorthWaitingFor && patience() > 0) Atomics.wait(words, control.done, 0, 2);
    noteEnding(this.#memory, ending());
    Atomics.store(words, control.stop, 1);
    this.#post(asked.stop);
    this.#waitFor(control.done, patience);
    if (!this.#isDone && !this.#mayKeep && this.#now() - startMs >= maxExitWaitMs) {
      this.#post(asked.leave);
      this.#waitFor(control.done, this.#patience(maxLeaveMs));
    }
    if (!this.#isDone && this.isUseful) this.#leaveBehind(ending, flush);
  }

  /** Sends what is left and ends the worker, while the program goes on. */
  detach(ending: Ending, { setTimeout: later }: Pick<typeof globalThis, "setTimeout">): void {
    const { control: words } = this.#memory;
    noteEnding(this.#memory, ending);
    Atomics.store(words, control.detached, 1);
    Atomics.store(words, control.stop, 1);
    this.#post(asked.stop);
    const deadlineMs = this.#now() + maxDetachMs;
    const look = (): void => {
      if (this.#isDone || !this.isWorthWaitingFor || this.#now() >= deadlineMs) this.terminate();
      else later(look, detachLookMs).unref();
    };
    look();
  }

  /** By the worker, which has what was not sent; else only how much is missing. */
  #leaveBehind(ending: () => Ending, flush: () => boolean): void {
    const { control: words, facts: numbers } = this.#memory;
    if (this.#worker !== undefined && this.isWorthWaitingFor) {
      this.#post(asked.leaveBehind);
      const patience = this.#patience(maxLeaveMs);
      for (let isTold = false; Atomics.load(words, control.leaver) === 0 && patience() > 0;) {
        if (!isTold && flush()) {
          isTold = true;
          noteEnding(this.#memory, ending());
          Atomics.store(words, control.lossTold, 1);
          Atomics.notify(words, control.lossTold);
        }
        Atomics.wait(words, control.leaver, 0, 2);
      }
    }
    if (Atomics.exchange(words, control.leaver, leaver.program) === leaver.worker)
      return this.#waitFor(control.done, this.#patience(maxLeaveMs));
    const clockMs = this.#now() + (numbers[facts.sleptMs] ?? 0);
    leaveBehind(this.#setup, [helloFrame(this.#setup.facts, clockMs), byeFrame(this.#memory, clockMs)]);
  }

  get #isDone(): boolean {
    return Atomics.load(this.#memory.control, control.done) === 1;
  }

  /** Nothing has to be given up for an engine that gets on, if slowly: it finds the rest on disk. */
  get #mayKeep(): boolean {
    return process.platform !== "win32" && leftWholeBytes(deliveryOf(this.#setup)) > 0;
  }

  /** Blocks like `end`, and the recording goes on. */
  flush(): void {
    Atomics.store(this.#memory.control, control.flushed, 0);
    this.#post(asked.flush);
    this.#waitFor(control.flushed, this.#patience(maxExitWaitMs));
  }

  #waitFor(slot: number, patience: () => number): void {
    const { control: words } = this.#memory;
    while (Atomics.load(words, slot) === 0 && this.isWorthWaitingFor) {
      const left = patience();
      if (left <= 0) return;
      Atomics.wait(words, slot, 0, Math.min(left, 50));
    }
  }

  /** Milliseconds that may still be waited, anew at each call: more while the worker gets bytes out. */
  #patience(longestMs: number): () => number {
    const { control: words } = this.#memory;
    const startMs = this.#now();
    let [movedMs, progress] = [startMs, Atomics.load(words, control.progress)];
    let [lastMs, lostMs] = [startMs, 0];
    return () => {
      const now = this.#now();
      const isLost = Atomics.load(words, control.link) === link.lost;
      const current = Atomics.load(words, control.progress);
      if (isLost) lostMs += now - lastMs;
      if (isLost || current !== progress) [movedMs, progress] = [now, current];
      lastMs = now;
      return Math.min(startMs + longestMs - now, movedMs + maxStillMs - now, isLost ? maxLostMs - lostMs : Infinity);
    };
  }

  handRing(records: SharedArrayBuffer): boolean {
    if (this.#worker === undefined || !this.isUseful) return false;
    this.#post({ kind: "ring", records } satisfies ChangeRing);
    return true;
  }

  say(message: object): void {
    this.#post(message);
  }

  /** Not as the program posts: nothing of it is recorded, least of all in the middle of a record. */
  #post(message: unknown): void {
    if (this.#worker !== undefined && isFunction(originalPost)) Reflect.apply(originalPost, this.#worker, [message]);
  }

  terminate(): void {
    void this.#worker?.terminate();
  }

  #isGone(): void {
    this.#setEars(ears.none);
    this.#setLink(link.refused);
  }

  #setEars(state: number): void {
    Atomics.store(new Int32Array(this.#setup.state), 0, state);
  }

  #setLink(state: number): void {
    Atomics.store(this.#memory.control, control.link, state);
  }
}
