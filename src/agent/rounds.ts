// What probes do once a second, and once more before the program ends or the agent leaves it: say what they have counted,
// let go of what they have held back.
import type { Guest } from "./guest.js";

/** `isLast`: there may be no other. */
type Round = (isLast: boolean) => void;

export class Rounds {
  readonly #all = new Set<{ readonly guest: Guest; readonly round: Round }>();

  /** Returns what takes it out again, after one last round. */
  add(guest: Guest, round: Round): () => void {
    const entry = { guest, round };
    this.#all.add(entry);
    return () => {
      if (this.#all.delete(entry)) round(true);
    };
  }

  /** For who is a guest already. */
  run(isLast: boolean): void {
    for (const { guest, round } of this.#all) {
      if (guest.isOff) continue;
      try {
        round(isLast);
      } catch (error) {
        guest.noteFault(error);
      }
    }
  }
}
