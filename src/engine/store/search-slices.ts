// The order in which stretches of time are looked through: from one end of a range towards the other, a slice at a time, each
// with about as many rows as asked for. Slices do not overlap and together hold every stretch where something may be.
import type { SearchKind } from "../../shared/protocol/engine-rows.js";

/** Rows of one kind lie here. Both ends belong to it. */
export interface Stretch {
  readonly kind: SearchKind;
  readonly first: bigint;
  readonly last: bigint;
  readonly rows: number;
}

export interface Slice {
  readonly first: bigint;
  readonly last: bigint;
  readonly kinds: readonly SearchKind[];
  /** About so many rows of these kinds. */
  readonly rows: number;
}

/**
 * The latest part of [from, to] where something may be: it reaches to the latest of the candidates, and has `rows` rows
 * or fewer unless that is less than one instant. `all` are the stretches of all rows, candidates among them.
 */
export function latestSlice(
  candidates: readonly Stretch[],
  all: readonly Stretch[],
  from: bigint,
  to: bigint,
  rows: number,
): Slice | undefined {
  if (from > to) return undefined;
  const within = candidates.filter(({ first, last }) => first <= to && last >= from);
  let latest: Stretch | undefined;
  for (const stretch of within)
    if (latest === undefined || earlier(stretch.last, to) > earlier(latest.last, to)) latest = stretch;
  if (latest === undefined) return undefined;
  const last = earlier(latest.last, to);
  const kindsSince = (first: bigint): SearchKind[] => [
    ...new Set(within.filter((stretch) => stretch.first <= last && stretch.last >= first).map(({ kind }) => kind)),
  ];
  const rowsSince = (first: bigint): number => {
    const kinds = kindsSince(first);
    return all.reduce((sum, stretch) => sum + (kinds.includes(stretch.kind) ? rowsWithin(stretch, first, last) : 0), 0);
  };
  let first = later(latest.first, from);
  while (first < last && rowsSince(first) > rows) first = last - (last - first) / 2n;
  const begins = new Set(within.map((stretch) => later(stretch.first, from)));
  for (const begin of [...begins].filter((at) => at < first).toSorted((a, b) => (a > b ? -1 : 1))) {
    if (rowsSince(begin) > rows) break;
    first = begin;
  }
  return { first, last, kinds: kindsSince(first), rows: rowsSince(first) };
}

/** Time runs the other way. */
export const turned = <Of extends { readonly first: bigint; readonly last: bigint }>(stretch: Of): Of => ({
  ...stretch,
  first: -stretch.last,
  last: -stretch.first,
});

/** As if they were spread evenly. */
function rowsWithin({ first, last, rows }: Stretch, from: bigint, to: bigint): number {
  const overlap = earlier(last, to) - later(first, from) + 1n;
  return overlap <= 0n ? 0 : (rows * Number(overlap)) / Number(last - first + 1n);
}

const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);
