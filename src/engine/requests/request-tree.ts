// The spans of one trace as the tree of one request. Clocks of processes differ: what would have begun before its cause, or
// a call that would have been taken after it was over, is moved into it, and everything below it with it.
import { grouped } from "../../shared/base/grouped.js";

export interface TreeSpan {
  readonly id: string;
  readonly parentId: string;
  readonly process: number;
  readonly startNs: number;
  /** NaN while it is open. */
  readonly endNs: number;
  readonly isClient: boolean;
}

export interface TreeRow {
  /** Place in the list that the tree was made of. */
  readonly at: number;
  readonly depth: number;
  /** Row; undefined for the request itself. */
  readonly parent: number | undefined;
  readonly movedNs: number;
}

/** Rows in the order they are shown in: children below parents, in the order of their beginnings. */
export const requestTree = (spans: readonly TreeSpan[], root: number): readonly TreeRow[] => treesOf(spans, [root]);

/** All spans, each of them once: from those without a parent here on, and where spans are each other's parents from the first of them. */
export function wholeTrees(spans: readonly TreeSpan[]): readonly TreeRow[] {
  const ids = new Set(spans.map(({ id }) => id));
  const roots = spans.flatMap(({ id, parentId }, at) => (ids.has(parentId) && parentId !== id ? [] : [at]));
  return treesOf(spans, [...roots, ...spans.keys()]);
}

/** One tree below the other. */
function treesOf(spans: readonly TreeSpan[], roots: readonly number[]): readonly TreeRow[] {
  const children = grouped(spans.keys(), (at) => spans[at]?.parentId);
  const rows: TreeRow[] = [];
  const seen = new Set<number>();
  const waiting: TreeRow[] = roots.toReversed().map((at) => ({ at, depth: 0, parent: undefined, movedNs: 0 }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const span = spans[next.at];
    if (span === undefined || seen.has(next.at)) continue;
    seen.add(next.at);
    const parent = rows.push(next) - 1;
    const below = (children.get(span.id) ?? [])
      .filter((at) => !seen.has(at))
      .flatMap((at) => {
        const child = spans[at];
        if (child === undefined) return [];
        const movedNs = next.movedNs + correction(span, child);
        return [{ at, depth: next.depth + 1, parent, movedNs, startNs: child.startNs + movedNs }];
      })
      .toSorted((a, b) => b.startNs - a.startNs || b.at - a.at);
    for (const { startNs: _startNs, ...row } of below) waiting.push(row);
  }
  return rows;
}

/** Both by their own clocks. In the middle of the call, as is usual: the way there takes as long as the way back. */
function correction(parent: TreeSpan, child: TreeSpan): number {
  if (parent.process === child.process) return 0;
  const isBefore = child.startNs < parent.startNs;
  const isAfter = parent.isClient && child.startNs > parent.endNs;
  if (!isBefore && !isAfter) return 0;
  const spare = parent.endNs - parent.startNs - (child.endNs - child.startNs);
  return parent.startNs + (spare > 0 ? spare / 2 : 0) - child.startNs;
}

/** Places of the spans that one is below of, the outermost first. */
export function callersOf(spans: readonly TreeSpan[], of: number): readonly number[] {
  const places = new Map(spans.map(({ id }, at) => [id, at]));
  const callers: number[] = [];
  const seen = new Set([of]);
  for (let at = places.get(spans[of]?.parentId ?? ""); at !== undefined; at = places.get(spans[at]?.parentId ?? "")) {
    if (seen.has(at)) break;
    seen.add(at);
    callers.unshift(at);
  }
  return callers;
}
