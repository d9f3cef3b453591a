// How long spans did something themselves: while none of their children was under way. Children that run at once take their time
// together only once; of one that outlives its parent counts what lies within it.
// Times are those at which spans are shown (request-tree.ts): by one clock.
import { grouped } from "../../shared/base/grouped.js";
import type { PathSpan } from "./critical-path.js";

/** By row, in nanoseconds. `untilNs`: when a row that is open is looked at, by the clock of its times. */
export function ownTimes(spans: readonly PathSpan[], untilNs: (row: number) => number): Float64Array {
  const childrenOf = grouped(spans, ({ parent }) => parent);
  return Float64Array.from(spans, (span, row) => {
    const endNs = Number.isNaN(span.endNs) ? Math.max(span.startNs, untilNs(row)) : span.endNs;
    return Math.max(0, endNs - span.startNs - coveredNs(childrenOf.get(row) ?? [], span.startNs, endNs));
  });
}

/** How much of [fromNs, toNs] is within at least one of them. */
function coveredNs(children: readonly PathSpan[], fromNs: number, toNs: number): number {
  let covered = 0;
  let reachedNs = fromNs;
  for (const { startNs, endNs } of children.toSorted((a, b) => a.startNs - b.startNs)) {
    const begins = Math.max(startNs, reachedNs);
    const ends = Number.isNaN(endNs) ? toNs : Math.min(endNs, toNs);
    if (ends <= begins) continue;
    covered += ends - begins;
    reachedNs = ends;
  }
  return covered;
}
