// A program that was running when its recording began. It is never stopped from here: the recorder leaves it, and it goes on.
import { setTimeout as wait } from "node:timers/promises";
import { type Owner, isRunning } from "./private-folder.js";
import type { Program } from "./program.js";
import type { ProgramEnding } from "./recorded-processes.js";
import type { Recorder } from "./recorder/recorder.js";

/** Between two looks whether it still runs. */
const lookEveryMs = 250;
const connectsWithinMs = 5000;
const connectLookMs = 10;
/** After an engine that was killed its agent comes back within moments, with what it could not send meanwhile. */
const returnsWithinMs = 5000;
const returnLookMs = 50;
/** A program that computes without a pause leaves when it gets to it; by then nobody listens any more. */
const leavesWithinMs = 7000;

export class AttachedProgram implements Program {
  readonly pid: number;
  /** Not once it was left. */
  readonly exited: Promise<void>;
  readonly #recorder: Recorder;
  #hasExited = false;
  #isLeft = false;
  readonly #isResumed: boolean;

  /** `isResumed`: an engine before this one attached to it. */
  constructor(owner: Owner, recorder: Recorder, isResumed = false) {
    this.#isResumed = isResumed;
    this.pid = owner.pid;
    this.#recorder = recorder;
    this.exited = new Promise((resolve) => void this.#watch(owner, resolve));
  }

  /** How it ends only it can say. */
  ending(): ProgramEnding | undefined {
    return undefined;
  }

  /** Leaves it as it was before. */
  async stop(): Promise<void> {
    await this.#whenBack();
    this.#isLeft = true;
    await this.#recorder.detach(leavesWithinMs);
  }

  /** False when its agent was not heard of in time. */
  async hasConnected(): Promise<boolean> {
    for (const deadline = Date.now() + connectsWithinMs; Date.now() < deadline && !this.#hasExited;) {
      if (this.#recorder.facts.processes.length > 0) return true;
      await wait(connectLookMs);
    }
    return this.#recorder.facts.processes.length > 0;
  }

  async #whenBack(): Promise<void> {
    if (!this.#isResumed && this.#recorder.facts.processes.length === 0) return;
    for (const deadline = Date.now() + returnsWithinMs; Date.now() < deadline && !this.#hasExited;) {
      const { connected, haveAllSaidBye } = await this.#recorder.presence();
      if (connected > 0 || haveAllSaidBye) return;
      await wait(returnLookMs);
    }
  }

  async #watch(owner: Owner, tell: () => void): Promise<void> {
    while (await isRunning(owner)) {
      await wait(lookEveryMs, undefined, { ref: false });
      if (this.#isLeft) return;
    }
    this.#hasExited = true;
    tell();
  }
}
