// So many in a second: a bucket that fills evenly and holds what may pass in one second.

export class Rate {
  #left: number;
  #lastMs: number | undefined;

  constructor(readonly perSecond: number) {
    this.#left = Math.max(1, perSecond);
    if (perSecond === 0) this.#left = 0;
  }

  passes(nowMs: number): boolean {
    const { perSecond } = this;
    const sinceMs = nowMs - (this.#lastMs ?? nowMs);
    this.#lastMs = nowMs;
    this.#left = Math.min(perSecond === 0 ? 0 : Math.max(1, perSecond), this.#left + (sinceMs * perSecond) / 1000);
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
