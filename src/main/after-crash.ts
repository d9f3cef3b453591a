// Whether a page that is gone is loaded again, where it was: not when it was meant to go, nor when it goes again and again.

const withinMs = 60_000;
const mostTimes = 3;

export class AfterCrash {
  readonly #times: number[] = [];

  /** `reason` as Electron's `render-process-gone` gives it. */
  isToReload(reason: string, nowMs: number): boolean {
    if (reason === "clean-exit") return false;
    this.#times.push(nowMs);
    return this.#times.filter((time) => nowMs - time < withinMs).length <= mostTimes;
  }
}
