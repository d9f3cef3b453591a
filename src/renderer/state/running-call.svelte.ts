// One call at a time that somebody waits for: since when, how far it is, and how to stop waiting.
import { type CallProgress, type Progress, shareOf } from "../../shared/base/asker.js";
import type { Result } from "../../shared/base/result.js";
import type { HindcastError } from "../../shared/protocol/errors.js";

type Work<Value> = (signal: AbortSignal, tell: Progress) => Promise<Result<Value, HindcastError>>;

/** What is under way, as a pane shows it: several questions are one to whoever waits. */
export interface Waiting {
  readonly runningSinceMs: number | undefined;
  /** The same; where questions are asked again and again, only once it takes long. */
  readonly slowSinceMs: number | undefined;
  readonly progress: CallProgress | undefined;
  readonly isStopped: boolean;
  cancel(): void;
  retry(): void;
}

export class RunningCall implements Waiting {
  #sinceMs = $state.raw<number>();
  #progress = $state.raw<CallProgress>();
  #request: AbortController | undefined;
  /** Whoever asked knows that it was cancelled, and how to ask again. */
  readonly isStopped = false;

  get runningSinceMs(): number | undefined {
    return this.#sinceMs;
  }

  get slowSinceMs(): number | undefined {
    return this.#sinceMs;
  }

  get progress(): CallProgress | undefined {
    return this.#progress;
  }

  /** The call before is given up. */
  async run<Value>(work: Work<Value>): Promise<Result<Value, HindcastError>> {
    this.cancel();
    const request = new AbortController();
    this.#request = request;
    this.#sinceMs = performance.now();
    const outcome = await work(request.signal, (progress) => {
      if (this.#request === request) this.#progress = progress;
    });
    if (this.#request === request) this.#forget();
    return outcome;
  }

  cancel(): void {
    this.#request?.abort();
    this.#forget();
  }

  retry(): void {
    // see isStopped
  }

  #forget(): void {
    this.#request = undefined;
    this.#sinceMs = undefined;
    this.#progress = undefined;
  }
}

/** As one, for who waits: since the first of them began, as far as the first of them is. */
export function together(...calls: readonly Waiting[]) {
  // Asked at every answer: nothing is made for it.
  const first = (): Waiting | undefined => {
    let earliest: Waiting | undefined;
    let earliestMs = Infinity;
    for (const call of calls) {
      const sinceMs = call.slowSinceMs ?? Infinity;
      if (sinceMs >= earliestMs) continue;
      earliest = call;
      earliestMs = sinceMs;
    }
    return earliest;
  };
  return {
    get sinceMs(): number | undefined {
      return first()?.slowSinceMs;
    },
    get phase(): string | undefined {
      return first()?.progress?.phase;
    },
    get share(): number | undefined {
      const progress = first()?.progress;
      return progress === undefined ? undefined : shareOf(progress);
    },
    get isStopped(): boolean {
      return calls.some(({ isStopped }) => isStopped);
    },
    cancel: (): void => {
      for (const call of calls) if (call.runningSinceMs !== undefined) call.cancel();
    },
    retry: (): void => {
      for (const call of calls) if (call.isStopped) call.retry();
    },
  };
}
