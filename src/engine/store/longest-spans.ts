// Which spans of a range are shown each by itself: those that reach into it first, then the longest. What is too short to be
// told apart is left to groups (span-groups.ts). Of many, only those are looked at that took long (long-spans.ts).
import { longWithin, reachingInto, shortestLongNs, shortestOfLongest } from "./long-spans.js";
import type { Query } from "./readers.js";
import type { Conditions } from "./row-conditions.js";
import type { Rows } from "./rows.js";
import { overlappingSpans, spansOf } from "./spans.js";
import { storable } from "./zoom-levels.js";

/** Where no more begin in a range, all of them are looked at: then also short ones are shown that a pixel or more is left for. */
export const rowsLookedThrough = 65_536;

export interface LongestWanted {
  readonly from: bigint;
  readonly to: bigint;
  /** So many rows. */
  readonly most: number;
  /** So many begin there. */
  readonly begun: number;
  /** What is shorter is no row of its own, where there are more than `most`. */
  readonly pixelNs: bigint;
  readonly rowsLookedThrough: number;
}

export async function longestSpans(
  query: Query,
  wanted: LongestWanted,
  conditions: Conditions | undefined,
): Promise<Rows> {
  const { from, to, most } = wanted;
  const { relation, leastNs } = await candidates(query, wanted, conditions !== undefined);
  return query(
    spansOf(`SELECT * FROM (${relation}) AS t
      WHERE (t.instant < $1 OR t.end_instant IS NULL OR t.end_instant - t.instant >= $3) AND ${conditions?.sql(4) ?? "true"}
      ORDER BY t.instant < $1 DESC, coalesce(t.end_instant, $2) - t.instant DESC, t.instant, t.process, t.seq LIMIT $4`),
    [from, to, leastNs, most, ...(conditions?.values ?? [])],
  );
}

const openUntil = (instant: bigint): string => `SELECT * FROM span WHERE end_instant IS NULL AND instant <= ${instant}`;

/** Spans that began before `from` and end then or later, or have not ended. */
export const reaching = (from: bigint): string =>
  [...reachingInto(from), openUntil(storable(from - 1n))].join(" UNION ALL ");

interface Candidates {
  readonly relation: string;
  readonly leastNs: bigint;
}

async function candidates(
  query: Query,
  { from, to, most, begun, pixelNs, rowsLookedThrough }: LongestWanted,
  isFiltered: boolean,
): Promise<Candidates> {
  const leastNs = begun <= most ? 0n : pixelNs;
  // How many there are of those that a filter shows says nothing of how many have to be looked at.
  if (isFiltered) return { relation: overlappingSpans, leastNs };
  const within = (rows: readonly string[]): string =>
    [...reachingInto(from), openUntil(to), ...rows].join(" UNION ALL ");
  if (begun <= Math.max(most, rowsLookedThrough))
    return {
      relation: within([`SELECT * FROM span WHERE instant BETWEEN ${from} AND ${to} AND end_instant >= ${from}`]),
      leastNs,
    };
  const longNs = leastNs > shortestLongNs ? leastNs : shortestLongNs;
  const [least = longNs] = (await query(shortestOfLongest(from, to, longNs, most))).bigints("least");
  return { relation: within(longWithin(from, to, least)), leastNs: least };
}
