// How many rows there are between instants that are near each other: in stretches of time as long as each other, and shorter
// ones where very many rows are. Counting takes a tenth of what putting the rows in order would.
import { earlier, later } from "../../shared/base/earlier.js";
import type { Rows } from "./rows.js";

export interface Bucket {
  readonly first: bigint;
  readonly rows: number;
}

export interface BucketSettings {
  /** Rows of a stretch, where they came evenly. */
  readonly about: number;
  /** Stretches with more are counted again, by shorter ones; what happened in one nanosecond stays together. */
  readonly most: number;
}
export const mostRowsOfBucket = 32_768;
const settings: BucketSettings = { about: 256, most: mostRowsOfBucket };

/** Answers `bucket` and `rows`, by an expression of `instant`, of the rows that meet a condition. */
export type CountBy = (bucket: string, condition: string) => Promise<Rows>;

/** In order, without those that have no rows. `rows`: how many there are between, roughly. */
export async function countedBuckets(
  count: CountBy,
  { low, high, rows }: { readonly low: bigint; readonly high: bigint; readonly rows: number },
  { about, most } = settings,
): Promise<readonly Bucket[]> {
  const bucketOf = (shift: bigint): string => `((instant - ${low}) >> ${shift})`;
  const counted = async (shift: bigint, condition: string): Promise<Bucket[]> => {
    const found = await count(bucketOf(shift), condition);
    const numbers = found.numbers("rows");
    return found.bigints("bucket").map((bucket, at) => ({ first: low + (bucket << shift), rows: numbers[at] ?? 0 }));
  };
  let shift = BigInt(Math.max(0, Math.floor(Math.log2(Number(high - low + 1n) / Math.max(1, rows / about)))));
  let crowded = await counted(shift, `instant >= ${low}`);
  const buckets: Bucket[] = [];
  for (;;) {
    const isCrowded = (one: Bucket): boolean => shift > 0n && one.rows > most;
    buckets.push(...crowded.filter((one) => !isCrowded(one)));
    crowded = crowded.filter(isCrowded);
    if (crowded.length === 0) break;
    const starts = crowded.map(({ first }) => first);
    const [first, last] = [starts.reduce(earlier), starts.reduce(later)];
    const within = `instant BETWEEN ${first} AND ${last + (1n << shift) - 1n} AND
      ${bucketOf(shift)} IN (${starts.map((start) => (start - low) >> shift).join(", ")})`;
    const rowsOfMost = crowded.reduce((so, one) => Math.max(so, one.rows), 0);
    const finer = shift - BigInt(Math.ceil(Math.log2(rowsOfMost / about)));
    shift = finer > 0n ? finer : 0n;
    crowded = await counted(shift, within);
  }
  return buckets.sort((a, b) => (a.first < b.first ? -1 : 1));
}
