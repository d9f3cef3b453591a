// The rows of many scopes as one list, of which only a window is made: a closed scope outside it is counted, not looked at.
import type { CapturedValue, ObjectId } from "../../shared/trace/value.js";
import type { Change } from "./change.js";
import type { ObjectGraph } from "./object-graph.js";
import { shownInPreview } from "./preview.js";
import { type Row, rowsOf } from "./rows.js";
import type { Uncertain } from "./uncertain.js";

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

const nothing: readonly string[] = [];

export function rowsOfScopes(graph: ObjectGraph, request: ScopeRowsRequest): ScopeRows {
  const { offset, limit, expanded, change } = request;
  const there = [...request.scopes].filter((scope) => graph.scopes().has(scope));
  const rowsOfOne = (scope: string, from: number, most: number): ReturnType<typeof rowsOf> =>
    rowsOf(graph, {
      scope,
      expanded: expanded.get(scope) ?? nothing,
      offset: from,
      limit: most,
      change,
      uncertain: request.uncertainOf(scope),
    });
  const firsts: number[] = [];
  const seen: { readonly scope: string; readonly first: number }[] = [];
  let total = 0;
  for (const scope of there) {
    const first = total;
    firsts.push(first);
    total += (expanded.get(scope)?.length ?? 0) === 0 ? 1 : (rowsOfOne(scope, 0, 0)?.total ?? 0);
    if (first < offset + limit && total > offset) seen.push({ scope, first });
  }
  fetchFor(
    graph,
    seen.map(({ scope }) => scope),
  );
  const rows: Row[] = [];
  for (const { scope, first } of seen) {
    const from = Math.max(0, offset - first);
    for (const row of rowsOfOne(scope, from, offset + limit - first - from)?.rows ?? []) rows.push(row);
  }
  return { scopes: there, firsts, total, rows };
}

/** What their previews show, with as few questions as it takes: of scopes, and of what is in them. */
function fetchFor(graph: ObjectGraph, scopes: readonly string[]): void {
  const roots = scopes.flatMap((scope) => referenceIn(graph.scopes().get(scope)));
  graph.fetch(roots);
  graph.fetch(roots.flatMap((id) => shownInPreview(graph.node(id))));
}

const referenceIn = (value: CapturedValue | undefined): readonly ObjectId[] =>
  value?.kind === "object" ? [value.id] : [];
