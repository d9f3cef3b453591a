// How long somebody waits before they are told for what, and before they are offered to stop it.
export const sayAfterMs = 500;
export const offerAfterMs = 2000;

export type Stage = "quiet" | "said" | "offered";

export class Patience {
  #stage = $state<Stage>("quiet");

  get stage(): Stage {
    return this.#stage;
  }

  /** Call from an effect and give it what is returned. `sinceMs`: when it began, on the clock of `performance.now()`. */
  watch(sinceMs: number | undefined): (() => void) | undefined {
    const elapsedMs = sinceMs === undefined ? 0 : performance.now() - sinceMs;
    this.#stage = elapsedMs >= offerAfterMs ? "offered" : elapsedMs >= sayAfterMs ? "said" : "quiet";
    if (sinceMs === undefined) return undefined;
    const timers = [
      [sayAfterMs, "said"],
      [offerAfterMs, "offered"],
    ] as const;
    const waiting = timers
      .filter(([ms]) => ms > elapsedMs)
      .map(([ms, stage]) => setTimeout(() => (this.#stage = stage), ms - elapsedMs));
    return () => {
      for (const timer of waiting) clearTimeout(timer);
    };
  }
}
