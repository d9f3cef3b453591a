// A hybrid logical clock: the time of this process, but always later than what it has heard of others' before, and
// than itself before. One whole number of microseconds since the epoch, so that it costs the program next to nothing.

/** What is further ahead is no clock: who sends us such a thing must not spoil ours. */
const mostAheadUs = 7 * 24 * 3600 * 1e6;

export class HybridClock {
  #us = 0;

  /** `now`: milliseconds since the epoch by this process's own clock. */
  constructor(readonly now: () => number) {}

  tick(): number {
    const nowUs = Math.floor(this.now() * 1000);
    this.#us = nowUs > this.#us ? nowUs : this.#us + 1;
    return this.#us;
  }

  /** As `tick`, and later than what another process's clock said. */
  tickAfter(heardUs: number): number {
    if (heardUs > this.#us && heardUs < this.now() * 1000 + mostAheadUs) this.#us = heardUs;
    return this.tick();
  }
}
