// The rows of many scopes as one list, of which only a window is made: a closed scope outside it is counted, not looked at.
import type { Change } from "./change.js";
import type { ObjectGraph } from "./object-graph.js";
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

export function rowsOfScopes(graph: ObjectGraph, request: ScopeRowsRequest): ScopeRows {
  const { offset, limit, expanded, change } = request;
  const [there, firsts]: [string[], number[]] = [[], []];
  const rows: Row[] = [];
  let total = 0;
  for (const scope of request.scopes) {
    if (!graph.scopes().has(scope)) continue;
    there.push(scope);
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
