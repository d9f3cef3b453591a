// Whether one group of a rule fires: inactive → pending (`for`) → firing → recovering → inactive. Each incident fires once and
// recovers once; what holds on while the rule cools down fires when that is over.

export interface Timing {
  readonly forNs: number;
  readonly cooldownNs: number;
  readonly recoverForNs: number;
}

export type Turn = "fired" | "recovered" | undefined;

export class Incident {
  readonly #timing: Timing;
  state: "inactive" | "pending" | "firing" | "recovering" = "inactive";
  #sinceNs = 0;
  #coolUntilNs = -Infinity;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  /** When its state began; of one that is firing again while it recovered, when it recovered first. */
  get sinceNs(): number {
    return this.#sinceNs;
  }

  /** -Infinity before the first recovery. */
  get coolUntilNs(): number {
    return this.#coolUntilNs;
  }

  /** `isOver`: what ends an incident holds, which need not be the condition's contrary. */
  step(nowNs: number, holds: boolean, isOver: boolean): Turn {
    const { forNs, cooldownNs, recoverForNs } = this.#timing;
    if (this.state === "inactive" || this.state === "pending") {
      if (!holds) {
        this.state = "inactive";
        return undefined;
      }
      if (this.state === "inactive") this.#sinceNs = nowNs;
      this.state = "pending";
      if (nowNs - this.#sinceNs < forNs || nowNs < this.#coolUntilNs) return undefined;
      this.state = "firing";
      return "fired";
    }
    if (!isOver) {
      this.state = "firing";
      return undefined;
    }
    if (this.state === "firing") this.#sinceNs = nowNs;
    this.state = "recovering";
    if (nowNs - this.#sinceNs < recoverForNs) return undefined;
    this.state = "inactive";
    this.#coolUntilNs = nowNs + cooldownNs;
    return "recovered";
  }
}
