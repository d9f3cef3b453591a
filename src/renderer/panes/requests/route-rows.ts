// Rows of the table of routes: filtered by words, sorted by a column.
import { type SpanKind, spanKinds } from "../../../shared/trace/attributes.js";
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import { durationBins } from "../../../shared/protocol/request-calls.js";
import type { RouteSort, Sorting } from "../../state/request-filter.svelte.js";
import type { RouteName } from "../../state/request-place.js";

export type RouteColumns = CallResult<"requests.routes">;

export interface RouteRow {
  readonly name: RouteName;
  readonly requests: number;
  readonly failed: number;
  readonly unfinished: number;
  readonly perSecond: number;
  readonly totalNs: number;
  readonly p50Ns: number;
  readonly p95Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
  readonly histogram: Uint32Array;
}

/** Texts begin with A, numbers with the most. */
export const sortingBy = (by: RouteSort, before: Sorting): Sorting => ({
  by,
  isDescending: before.by === by ? !before.isDescending : by !== "service" && by !== "route",
});

const kindOf = (kind: SpanKind | undefined): RouteName["kind"] => (kind === "consumer" ? kind : "server");

export function routeRows(found: RouteColumns, words: string, { by, isDescending }: Sorting): readonly RouteRow[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = found.routes
    .map((route, at): RouteRow => ({
      name: { service: found.services[at] ?? "", route, kind: kindOf(spanKinds[found.kind[at] ?? 0]) },
      requests: found.requests[at] ?? 0,
      failed: found.failed[at] ?? 0,
      unfinished: found.unfinished[at] ?? 0,
      perSecond: found.perSecond[at] ?? 0,
      totalNs: found.totalNs[at] ?? 0,
      p50Ns: found.p50Ns[at] ?? NaN,
      p95Ns: found.p95Ns[at] ?? NaN,
      p99Ns: found.p99Ns[at] ?? NaN,
      maxNs: found.maxNs[at] ?? NaN,
      histogram: found.histogram.subarray(at * durationBins, (at + 1) * durationBins),
    }))
    .filter(({ name }) => {
      const text = `${name.service} ${name.route}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    });
  const direction = isDescending ? -1 : 1;
  return rows.sort((a, b) => {
    if (by === "service" || by === "route") return direction * a.name[by].localeCompare(b.name[by], "en");
    // Of what did not end nothing is known: last in either direction.
    const [one, other] = [a[by], b[by]];
    if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
    return direction * (one - other);
  });
}
