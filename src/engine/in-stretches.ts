// A long loop on the engine's thread, a stretch at a time: in between others are answered, and whoever waits for it can be told
// how far it is and give up.
import { setImmediate as turn } from "node:timers/promises";
import { type Asker, type CallProgress, tellPart } from "../shared/base/asker.js";

/** Some tens of milliseconds. */
const perStretch = 8192;

/** Calls `work` for [0, perStretch), [perStretch, 2 * perStretch) … up to `count`. */
export async function inStretches(
  count: number,
  asker: Asker,
  unit: CallProgress["unit"],
  work: (from: number, to: number) => void,
): Promise<void> {
  for (let from = 0; from < count; from += perStretch) {
    const to = Math.min(count, from + perStretch);
    work(from, to);
    if (to === count) return;
    await turn();
    tellPart(asker, { done: to, total: count, unit });
  }
}
