// Which segments of a process may be evicted: those whose writes all lie in stretches of time that nobody wants to keep.
import { type SegmentHead, type SegmentHeads, isBase } from "../replay/segments/segment-heads.js";
import type { SegmentRun } from "./segment-base.js";
import type { Stretch } from "./zoom-levels.js";

/** Runs in which there is something to evict; bases beside it become part of them. `stretches`: in the order of time. */
export function runsToEvict(heads: SegmentHeads, stretches: readonly Stretch[]): readonly SegmentRun[] {
  const runs: SegmentRun[] = [];
  let run: { heads: SegmentHead[]; first: bigint; last: bigint; within: Stretch } | undefined;
  const end = (): void => {
    if (run?.heads.some((head) => !isBase(head)) === true) runs.push(run);
    run = undefined;
  };
  for (const [at, head] of heads.all.entries()) {
    // A write counts from the latest instant on that was before it: see `locate`.
    const before = at === 0 ? head.firstInstant : heads.latestAt(at - 1);
    const [first, last] = [head.firstInstant > before ? head.firstInstant : before, heads.latestAt(at)];
    // One that was found by comparing may have happened earlier: what is kept there is not certain without it.
    const reachesTo = head.foundAfter !== undefined && head.foundAfter < first ? head.foundAfter : first;
    const within = stretches.find(({ since, until }) => reachesTo >= since && last < until);
    if (run !== undefined && run.within !== within) end();
    if (within === undefined) continue;
    if (run === undefined) run = { heads: [head], first, last, within };
    else {
      run.heads.push(head);
      run.last = last;
    }
  }
  end();
  return runs;
}
