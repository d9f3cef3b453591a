// Which writes of one segment are to one scope's state, or to that of any scope. Only what the scope sees is followed: the
// others' writes, which are most, are passed over.
import type { ObjectId } from "../../../shared/trace/value.js";
import { type NodeSource, ObjectGraph } from "../object-graph.js";
import { ReachGraph } from "../reach.js";
import type { SegmentState } from "./segment-state.js";

export interface ScopeInSegment {
  /** Of its writes, ascending. */
  readonly positions: readonly number[];
  /** What the scope saw at the beginning, at least. */
  readonly before: ReadonlySet<ObjectId>;
  /** And at the end. */
  readonly after: ReadonlySet<ObjectId>;
}

/** The state as a scope sees it, before the first of a segment's writes; `moveTo` says how many objects are fetched after. */
export function scopeView(
  state: SegmentState,
  scope: string | undefined,
): { readonly reach: ReachGraph; moveTo(count: number): void } {
  let count = 0;
  const all = state.graphAfter(0).scopes();
  const value = scope === undefined ? undefined : all.get(scope);
  const scopes = scope === undefined ? all : value === undefined ? new Map() : new Map([[scope, value]]);
  const source: NodeSource = {
    node: (id) => state.nodeAfter(id, count),
    nodes: (ids) => state.nodesAfter(ids, count),
  };
  const graph = ObjectGraph.over(source, scopes);
  return {
    reach: ReachGraph.within(graph),
    moveTo: (next) => {
      count = next;
    },
  };
}

export function scopeInSegment(state: SegmentState, scope: string | undefined): ScopeInSegment {
  const { reach, moveTo } = scopeView(state, scope);
  const before = new Set(reach.held);
  const positions: number[] = [];
  const { writes } = state;
  for (let at = 0; at < writes.count; at++) {
    const object = writes.objectAt(at);
    if (object !== undefined && !reach.follows(object)) continue;
    const operation = writes.operationAt(at);
    if (operation.kind === "scope" && scope !== undefined && operation.scope !== scope) continue;
    moveTo(at);
    const isSeen = operation.kind === "scope" || reach.scopesAbove(operation.target).length > 0;
    const change = reach.apply(operation);
    if (change.kind !== "none" && isSeen) positions.push(at);
  }
  return { positions, before, after: new Set(reach.held) };
}
