// A part of what a search finds, from one end of time to where looking stopped, and the series of metrics that lie in it.
import type { CallArgs } from "../../shared/protocol/engine-calls.js";
import { type Cursor, type Hit, inOrder } from "./search-rows.js";

export interface FoundPart {
  readonly hits: readonly Hit[];
  /** Undefined: there are no more. */
  readonly next: Cursor | undefined;
}

/** `series` are all there are, `part` the rows behind `after`: no more than `limit` of both, and none behind where rows end. */
export function withSeries(
  { hits, next }: FoundPart,
  series: readonly Hit[],
  { after, order, limit }: Pick<CallArgs<"search.page">, "after" | "order" | "limit">,
): FoundPart {
  const sign = order === "newest" ? -1 : 1;
  const among = series.filter(
    (hit) =>
      (after === undefined || sign * inOrder(hit, after) > 0) && (next === undefined || sign * inOrder(hit, next) <= 0),
  );
  if (among.length === 0) return { hits, next };
  const all = [...hits, ...among].toSorted((a, b) => sign * inOrder(a, b));
  return all.length < limit ? { hits: all, next } : { hits: all.slice(0, limit), next: cursorOf(all[limit - 1]) };
}

export function cursorOf(hit: Hit | undefined): Cursor | undefined {
  return hit === undefined ? undefined : { instant: hit.instant, process: hit.process, seq: hit.seq };
}
