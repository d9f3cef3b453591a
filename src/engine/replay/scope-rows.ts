// The rows of many scopes as one list, of which only a window is made: a closed scope outside it is counted, not looked at.
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import type { Change } from "./change.js";
import { childrenOf } from "./children.js";
import type { GraphNode } from "./node.js";
import type { ObjectGraph } from "./object-graph.js";
import { type Row, rowsOf } from "./rows.js";
import type { Uncertain } from "./uncertain.js";

/** Children that a preview has room for. */
const mostShown = 12;

export interface ScopeRowsRequest {
  readonly scopes: Iterable<string>;
  /** By scope: paths of its open rows, as `rowsOf` takes them; closed where there are none. */
  readonly expanded: ReadonlyMap<string, readonly string[]>;
  readonly offset: number;
  readonly limit: number;
  readonly change: Change;
  uncertainOf(scope: string): Uncertain;
}

export interface ScopeRows {
  /** Those that were there, */
  readonly scopes: readonly string[];
  /** and where in the whole list each begins. */
  readonly firsts: readonly number[];
  readonly total: number;
  readonly rows: readonly Row[];
}

export function rowsOfScopes(graph: ObjectGraph, request: ScopeRowsRequest): ScopeRows {
  const { offset, limit, expanded, change } = request;
  const there = [...request.scopes].filter((scope) => graph.scopes().has(scope));
  // Each has at least one row: what is seen is among these.
  fetchFor(graph, there.slice(expanded.size === 0 ? offset : 0, offset + limit));
  const firsts: number[] = [];
  const rows: Row[] = [];
  let total = 0;
  for (const scope of there) {
    firsts.push(total);
    const paths = expanded.get(scope) ?? [];
    const from = Math.max(0, offset - total);
    const isOutside = from > 0 || total >= offset + limit;
    if (isOutside && paths.length === 0) {
      total++;
      continue;
    }
    const made = rowsOf(graph, {
      scope,
      expanded: paths,
      offset: from,
      limit: Math.max(0, offset + limit - Math.max(offset, total)),
      change,
      uncertain: request.uncertainOf(scope),
    });
    for (const row of made?.rows ?? []) rows.push(row);
    total += made?.total ?? 0;
  }
  return { scopes: there, firsts, total, rows };
}

/** What their previews show, with as few questions as it takes: of scopes, and of what is in them. */
function fetchFor(graph: ObjectGraph, scopes: readonly string[]): void {
  const roots = scopes.flatMap((scope) => referenceIn(graph.scopes().get(scope)));
  graph.fetch(roots);
  graph.fetch(roots.flatMap((id) => shownIn(graph.node(id))));
}

const referenceIn = (value: CapturedValue | undefined): readonly ObjectId[] =>
  value?.kind === "object" ? [value.id] : [];

function shownIn(node: GraphNode | undefined): readonly ObjectId[] {
  if (node === undefined || !("entries" in node)) return [];
  const shown: ObjectId[] = [];
  let left = mostShown;
  for (const { value } of childrenOf(node)) {
    if (left-- === 0) break;
    shown.push(...referenceIn(value));
  }
  return shown;
}
