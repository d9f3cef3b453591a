// A long loop on a thread that others need, too, a stretch at a time: in between they are answered, and whoever waits for it can
// be told how far it is and give up.
import { setImmediate as turn } from "node:timers/promises";
import { type Asker, type CallProgress, nobody, tellPart } from "../../shared/base/asker.js";

interface Stretches {
  /** Rows that are copied or gathered take some milliseconds of that many, writes that are replayed some tens. */
  readonly perStretch?: number;
  readonly asker?: Asker;
  /** As the asker is told. */
  readonly unit?: CallProgress["unit"];
}

/** Calls `work` for [0, perStretch), [perStretch, 2 * perStretch) … up to `count`. */
export async function inStretches(
  count: number,
  work: (from: number, to: number) => void,
  { perStretch = 8192, asker = nobody, unit = "rows" }: Stretches = {},
): Promise<void> {
  for (let from = 0; from < count; from += perStretch) {
    const to = Math.min(count, from + perStretch);
    work(from, to);
    if (to === count) return;
    await turn();
    tellPart(asker, { done: to, total: count, unit });
  }
}
