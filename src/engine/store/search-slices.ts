// The order in which stretches of time are looked through: from one end of a range towards the other, a slice at a time, each
// with about as many rows as asked for. Slices do not overlap and together hold every stretch where something may be.
import { earlier, later } from "../../shared/base/earlier.js";
import type { SearchKind } from "../../shared/protocol/engine-rows.js";

/** Rows of one kind lie here. Both ends belong to it. */
export interface Stretch extends Load {
  readonly kind: SearchKind;
  readonly first: bigint;
  readonly last: bigint;
}

export interface Load {
  /** What looking at them costs, as so many rows. */
  readonly rows: number;
  /** So many of them are likely to be what is looked for. */
  readonly likely: number;
}

export interface Slice {
  readonly first: bigint;
  readonly last: bigint;
  readonly kinds: readonly SearchKind[];
  /** What looking at it costs, nearly. */
  readonly load: Load;
}

/**
 * The latest part of [from, to] where something may be: it reaches to the latest of the stretches, and has no more than `most`
 * unless that is less than one instant.
 */
export function latestSlice(stretches: readonly Stretch[], from: bigint, to: bigint, most: Load): Slice | undefined {
  if (from > to) return undefined;
  const within = stretches.filter(({ first, last }) => first <= to && last >= from);
  let latest: Stretch | undefined;
  for (const stretch of within)
    if (latest === undefined || earlier(stretch.last, to) > earlier(latest.last, to)) latest = stretch;
  if (latest === undefined) return undefined;
  const last = earlier(latest.last, to);
  const loadSince = loadBefore(last, within);
  const isTooMuch = (since: bigint): boolean => {
    const { rows, likely } = loadSince(since);
    return rows > most.rows || likely > most.likely;
  };
  let first = later(latest.first, from);
  while (first < last && isTooMuch(first)) first = last - (last - first) / 2n;
  const begins = new Set(within.map((stretch) => later(stretch.first, from)));
  for (const begin of [...begins].filter((at) => at < first).toSorted((a, b) => (a > b ? -1 : 1))) {
    if (isTooMuch(begin)) break;
    first = begin;
  }
  const kinds = new Set(
    within.filter((stretch) => stretch.first <= last && stretch.last >= first).map(({ kind }) => kind),
  );
  return { first, last, kinds: [...kinds], load: loadSince(first) };
}

/** What is between an instant and `last`, as if it were spread evenly. It is asked often: nearly will do. */
function loadBefore(last: bigint, stretches: readonly Stretch[]): (since: bigint) => Load {
  const some = stretches.map(({ first, last: end, rows, likely }) => {
    const [from, to] = [Number(last - end), Number(last - first) + 1];
    return { from, to, rows: rows / (to - from), likely: likely / (to - from) };
  });
  return (since) => {
    const until = Number(last - since) + 1;
    let [rows, likely] = [0, 0];
    for (const one of some) {
      const length = Math.min(one.to, until) - Math.max(one.from, 0);
      if (length <= 0) continue;
      rows += length * one.rows;
      likely += length * one.likely;
    }
    return { rows, likely };
  };
}

/** Time runs the other way. */
export const turned = <Of extends { readonly first: bigint; readonly last: bigint }>(stretch: Of): Of => ({
  ...stretch,
  first: -stretch.last,
  last: -stretch.first,
});
