// Rows in which the spans of one trace are drawn, whichever process they are of: a span is below its parent, and no two spans of
// a row overlap. Spans that follow each other below one parent share a row.
import type { TreeRow } from "./request-tree.js";

export interface DrawnSpan {
  readonly startNs: number;
  /** NaN while it is open. */
  readonly endNs: number;
}

/** Past the last one, rows are shared. */
const lastLane = 65_535;

/** By row of the tree; `spanOf` a place that the tree was made of. */
export function traceLanes(tree: readonly TreeRow[], spanOf: (at: number) => DrawnSpan): Uint16Array {
  const drawn = tree.map(({ at }) => spanOf(at));
  // As they begin; of those that begin at once a parent comes before its children.
  const order = [...drawn.keys()].sort((a, b) => (drawn[a]?.startNs ?? 0) - (drawn[b]?.startNs ?? 0) || a - b);
  const lanes = new Uint16Array(tree.length);
  const isPlaced = new Uint8Array(tree.length);
  const freeFrom: number[] = [];
  for (const row of order) {
    const [of, span] = [tree[row], drawn[row]];
    if (of === undefined || span === undefined) continue;
    // By clocks that differ it may begin before its parent does.
    const isBelow = of.parent !== undefined && isPlaced[of.parent] === 1;
    let lane = Math.min(isBelow ? (lanes[of.parent] ?? 0) + 1 : of.depth, lastLane);
    while (lane < lastLane && (freeFrom[lane] ?? -Infinity) > span.startNs) lane++;
    lanes[row] = lane;
    isPlaced[row] = 1;
    freeFrom[lane] = Number.isNaN(span.endNs) ? Infinity : Math.max(span.endNs, span.startNs);
  }
  return lanes;
}
