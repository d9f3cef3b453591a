// What rules that are being written would have done, for the ruler to show under its bars. The pane that knows it tells.
import type { NsRange } from "./time-scale.js";

export interface RuleFiring extends NsRange {
  /** Against the version that is saved. */
  readonly change: "same" | "gained" | "lost";
}

export class RuleFirings {
  /** In the order in which they fired. */
  #shown = $state.raw<readonly RuleFiring[]>([]);

  get shown(): readonly RuleFiring[] {
    return this.#shown;
  }

  show(firings: readonly RuleFiring[]): void {
    if (firings.length > 0 || this.#shown.length > 0) this.#shown = firings;
  }
}
