// Whether what a pane is asked for made room for newer: panes that stand on the playhead are asked for its instant, those about a
// stretch for the selection. State says it itself: of each process other instants are known.
import type { NsRange } from "./time-scale.js";

const onPlayhead: readonly string[] = ["lanes", "metrics", "logs", "events"];
const onSelection: readonly string[] = ["requests", "correlation"];

export interface Asked {
  readonly offsetNs: number;
  readonly range: NsRange | undefined;
  /** Stretches of which nothing is kept, of any process. */
  readonly gone: readonly NsRange[];
}

export interface Evicted {
  readonly of: "instant" | "selection";
  readonly text: string;
  /** From where on something is kept. */
  readonly untilNs: number;
}

/** Undefined: what it is asked for is kept, or its beginning is. */
export function evictedOf(pane: string, { offsetNs, range, gone }: Asked): Evicted | undefined {
  if (onPlayhead.includes(pane)) {
    const untilNs = keptFrom(offsetNs, gone);
    return untilNs === offsetNs ? undefined : { of: "instant", text: "This instant was evicted", untilNs };
  }
  if (!onSelection.includes(pane) || range === undefined) return undefined;
  const untilNs = keptFrom(range.fromNs, gone);
  if (untilNs === range.fromNs) return undefined;
  const what = untilNs >= range.toNs ? "The selected stretch" : "The beginning of the selected stretch";
  return { of: "selection", text: `${what} was evicted`, untilNs };
}

/** The instant itself where something is kept of it. */
function keptFrom(ns: number, gone: readonly NsRange[]): number {
  const untilNs = gone.reduce(
    (most, { fromNs, toNs }) => (fromNs <= ns && ns < toNs ? Math.max(most, toNs) : most),
    ns,
  );
  return untilNs === ns ? ns : keptFrom(untilNs, gone);
}
