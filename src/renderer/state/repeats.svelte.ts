// When a question is worth asking again. A saved recording answers the same question always the same; a live one may
// answer it anew as long as the question reaches into its last seconds: there late records and awaited values arrive.
import { untrack } from "svelte";
import type { Loaded } from "./loaded.js";
import type { OpenRecording } from "./open-recording.svelte.js";

/** How often an answer that can still change is asked for: at each notice of growth, or at most once a second. */
export type Pace = "growth" | "second";

interface Asked {
  readonly key: string;
  readonly attempt: number;
  readonly pulse: number;
  readonly canChange: boolean;
}

/** Where answers arrive. */
interface Answer {
  readonly loaded: Loaded<unknown>;
  readonly wasInterrupted?: boolean;
}

export class Repeats {
  readonly #recording: OpenRecording;
  readonly #answer: Answer;
  readonly #pace: Pace;
  #attempt = $state(0);
  #asked: Asked | undefined;
  #isRepeat = false;

  /** `answer` is where the answers arrive: one that failed is asked for again as soon as the recording moves. */
  constructor(recording: OpenRecording, answer: Answer, pace: Pace = "growth") {
    this.#recording = recording;
    this.#answer = answer;
    this.#pace = pace;
  }

  /**
   * Call from the effect that asks; true means: ask now. `args` are compared by value. `untilNs` is the latest offset
   * the answer depends on.
   */
  isDue(args: unknown, untilNs: number): boolean {
    const asked = this.#asked;
    const now: Asked = {
      key: keyOf(args),
      attempt: this.#attempt,
      pulse: this.#pace === "growth" ? this.#recording.growth : this.#recording.seconds,
      canChange: untrack(() => untilNs >= this.#recording.settledNs),
    };
    if (asked !== undefined && asked.key === now.key && asked.attempt === now.attempt) {
      const hasMoved = asked.pulse !== now.pulse;
      if (!hasMoved || !(asked.canChange || untrack(() => this.#hasFailed()))) return false;
    }
    this.#isRepeat = asked?.key === now.key;
    this.#asked = now;
    return true;
  }

  /** What was due last had been asked before. */
  get isRepeat(): boolean {
    return this.#isRepeat;
  }

  /** Asks again whatever was answered. */
  retry(): void {
    this.#attempt += 1;
  }

  #hasFailed(): boolean {
    const { loaded, wasInterrupted } = this.#answer;
    return wasInterrupted === true || (loaded.status === "failed" && loaded.error.code !== "cancelled");
  }
}

function keyOf(args: unknown): string {
  return JSON.stringify(args, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));
}
