// What a request spent its time in. Backwards from its end: the child that ended last before, from its end to its beginning;
// between children, one that was under way then and ended later (a call that was given up and begun again, a call that outlasts
// who made it); and where none was, the span itself.
// Invariant: the stretches are in the order of time, touch each other, and together are the whole request.

export interface PathSpan {
  /** Row of the parent, always before it; undefined for row 0. */
  readonly parent: number | undefined;
  readonly startNs: number;
  /** NaN while it is open. */
  readonly endNs: number;
}

export interface Stretch {
  readonly row: number;
  readonly fromNs: number;
  readonly toNs: number;
}

interface Timed {
  readonly row: number;
  readonly startNs: number;
  readonly endNs: number;
  /** Those that took time, the last to end first. */
  readonly children: Timed[];
}

/** A stretch of a span that has to be told apart; `isGap`: none of its children ended in it. */
interface Part {
  readonly of: Timed;
  readonly fromNs: number;
  readonly toNs: number;
  readonly isGap: boolean;
}

/** `untilNs`: when what is open is looked at. */
export function criticalPath(spans: readonly PathSpan[], untilNs: number): readonly Stretch[] {
  const root = timedTree(spans, untilNs);
  if (root === undefined) return [];
  const stretches: Stretch[] = [];
  const left: Part[] = [{ of: root, fromNs: root.startNs, toNs: root.endNs, isGap: false }];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    const { of, fromNs, toNs } = part;
    if (toNs <= fromNs) continue;
    const ended = part.isGap ? undefined : lastEnded(of.children, fromNs, toNs);
    const child = ended ?? underWay(of.children, toNs);
    if (child === undefined) {
      stretches.push({ row: of.row, fromNs, toNs });
      continue;
    }
    // The last is looked at first.
    const [begins, ends] = [Math.max(child.startNs, fromNs), ended?.endNs ?? toNs];
    left.push({ of, fromNs, toNs: begins, isGap: ended === undefined });
    left.push({ of: child, fromNs: begins, toNs: ends, isGap: false });
    left.push({ of, fromNs: ends, toNs, isGap: true });
  }
  return joined(stretches.reverse());
}

/** Of those that end at once the longest, and of those the first. */
const lastFirst = (a: Timed, b: Timed): number => b.endNs - a.endNs || a.startNs - b.startNs || a.row - b.row;

function lastEnded(children: readonly Timed[], fromNs: number, toNs: number): Timed | undefined {
  let [low, high] = [0, children.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((children[middle]?.endNs ?? 0) > toNs) low = middle + 1;
    else high = middle;
  }
  const last = children[low];
  return last !== undefined && last.endNs > fromNs ? last : undefined;
}

/** Of those that are under way at a moment the one that ends first. */
function underWay(children: readonly Timed[], atNs: number): Timed | undefined {
  let found: Timed | undefined;
  for (const child of children) {
    if (child.endNs <= atNs) break;
    if (child.startNs < atNs && (found === undefined || child.endNs < found.endNs)) found = child;
  }
  return found;
}

function timedTree(spans: readonly PathSpan[], untilNs: number): Timed | undefined {
  const rows: Timed[] = [];
  for (const [row, { parent, startNs, endNs }] of spans.entries()) {
    const above = parent === undefined ? undefined : rows[parent];
    const last = Number.isNaN(endNs) ? Math.max(startNs, above?.endNs ?? untilNs) : endNs;
    const timed: Timed = { row, startNs, endNs: last, children: [] };
    rows.push(timed);
    if (last > startNs) above?.children.push(timed);
  }
  for (const { children } of rows) children.sort(lastFirst);
  return rows[0];
}

/** One stretch where two of the same span touch. */
function joined(stretches: readonly Stretch[]): readonly Stretch[] {
  const all: Stretch[] = [];
  for (const stretch of stretches) {
    const before = all.at(-1);
    if (before?.row === stretch.row) all[all.length - 1] = { ...before, toNs: stretch.toNs };
    else all.push(stretch);
  }
  return all;
}
