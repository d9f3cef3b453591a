// Which writes of one segment belong to the history of a path, and what they did: as PathHistory finds it in all writes, but
// following only what the path's scope sees.
import type { Path } from "../../../shared/trace/path.js";
import type { ObjectId } from "../../../shared/trace/value.js";
import type { RecordedWrite } from "../../../shared/trace/write.js";
import { type HistoryEntry, PathWatch, entryOf } from "../history.js";
import type { ReachGraph } from "../reach.js";
import { resolvePath } from "../resolve.js";
import { scopeView } from "./scope-in-segment.js";
import type { SegmentState } from "./segment-state.js";

export interface PathInSegment {
  /** Of its writes, ascending. */
  readonly positions: readonly number[];
  /** Whether the path named a value somewhere in it. */
  readonly existed: boolean;
  /** What the scope saw at the beginning, at least. */
  readonly before: ReadonlySet<ObjectId>;
  /** And at the end. */
  readonly after: ReadonlySet<ObjectId>;
}

type Visit = (watch: PathWatch<ReachGraph>, at: number) => void;

/** Visits every write up to the `count`th that may concern the scope; whoever visits applies it. */
function walk(
  state: SegmentState,
  scope: string,
  path: Path,
  visit: Visit,
  count = state.writes.count,
): { readonly before: ReadonlySet<ObjectId>; readonly reach: ReachGraph } {
  const { reach, moveTo } = scopeView(state, scope);
  const before = new Set(reach.held);
  const watch = new PathWatch(scope, path, reach);
  const { writes } = state;
  for (let at = 0; at < count; at++) {
    const object = writes.objectAt(at);
    if (object !== undefined && !reach.follows(object)) continue;
    moveTo(at);
    visit(watch, at);
  }
  return { before, reach };
}

export function pathInSegment(state: SegmentState, scope: string, path: Path): PathInSegment {
  const positions: number[] = [];
  let existed = false;
  const { before, reach } = walk(state, scope, path, (watch, at) => {
    const operation = state.writes.operationAt(at);
    if (operation.kind === "scope" && operation.scope !== scope) return;
    if (watch.apply({ operation }) !== "elsewhere") positions.push(at);
    existed ||= watch.now.value !== undefined;
  });
  // Without writes it is what it was.
  if (state.writes.count === 0) existed = resolvePath(state.graphAfter(0), scope, path).value !== undefined;
  return { positions, existed, before, after: new Set(reach.held) };
}

/** `wanted`: positions of writes that belong to the history; `recordedAt` gives a write with all that is known of it. */
export function entriesInSegment(
  state: SegmentState,
  scope: string,
  path: Path,
  wanted: ReadonlySet<number>,
  recordedAt: (at: number) => RecordedWrite,
): readonly HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  const visit: Visit = (watch, at) => {
    const operation = state.writes.operationAt(at);
    if (operation.kind === "scope" && operation.scope !== scope) return;
    if (!wanted.has(at)) {
      watch.apply({ operation });
      return;
    }
    const entry = entryOf(watch, recordedAt(at));
    if (entry !== undefined) entries.push(entry);
  };
  walk(state, scope, path, visit, Math.max(-1, ...wanted) + 1);
  return entries;
}
