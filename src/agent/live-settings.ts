// What a program's thread does about what it is told while it runs: what records go through, at which level, and whether anything
// is kept. Each time all is told that was said so far, so that only what is new of it is done.
import type { ToldAgents } from "../shared/protocol/agent-wire.js";
import { captureChangedEvent } from "../shared/trace/filtered.js";
import type { Capture } from "./pipeline/capture.js";
import type { Recorder } from "./recorder.js";

/** What is captured at the level `requests` only, while it is on. */
export class WhileRequests {
  #undo: readonly (() => void)[] | undefined;

  /** Each of what `install` returns puts something back. */
  constructor(readonly install: () => readonly (() => void)[]) {}

  get isOn(): boolean {
    return this.#undo !== undefined;
  }

  /** False where it was so already. */
  turn(isOn: boolean): boolean {
    if (isOn === (this.#undo !== undefined)) return false;
    const undo = this.#undo ?? [];
    this.#undo = isOn ? this.install() : undefined;
    for (const one of [...undo].reverse()) one();
    return true;
  }
}

export interface LiveParts {
  readonly capture: Pick<Capture, "change">;
  readonly sink: Pick<Recorder, "event" | "pause">;
  readonly whileRequests: Pick<WhileRequests, "turn">;
  /** Of a program that was started at a level which records calls. */
  readonly calls: { isActive: boolean } | undefined;
}

export function liveSettings({ capture, sink, whileRequests, calls }: LiveParts): (told: ToldAgents) => void {
  let stages = "";
  let isPaused = false;
  return ({ pipeline, level, paused = false }) => {
    // Before and after a pause it can be recorded that something changes. What changes in it does so when it is over.
    if (paused && isPaused) return;
    isPaused = paused;
    if (!paused) sink.pause(false);
    const told = JSON.stringify(pipeline);
    if (pipeline !== undefined && told !== stages) {
      stages = told;
      capture.change(pipeline);
    }
    if (level !== undefined) {
      const hadCalls = calls?.isActive === true;
      if (calls !== undefined) calls.isActive = false;
      if (whileRequests.turn(level === "requests") || hadCalls) sink.event(captureChangedEvent, { level });
    }
    if (paused) sink.pause(true);
  };
}
