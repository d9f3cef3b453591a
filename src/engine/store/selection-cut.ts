// Where a stretch of time begins and ends in the writes of each process. Folding ends at the first write that is too late,
// whatever the clock says of those behind it: so a stretch is, of each process, the writes between two of its Seqs.
import type { Query } from "./readers.js";

/** Both ends belong to it. */
export interface Stretch {
  readonly from: bigint;
  readonly to: bigint;
}

export interface ProcessCut {
  readonly process: number;
  /** State up to this Seq is what a selection begins with; 0 where nothing had been written. */
  readonly after: number;
  /** The last write that belongs to it. */
  readonly until: number;
}

const firstWrite = (condition: string): string => `(SELECT min(seq) FROM (
    SELECT seq, instant FROM write WHERE process = p.process UNION ALL
    SELECT seq, instant FROM keyframe WHERE process = p.process) WHERE ${condition})`;

/** Of all processes that ran at some time of the stretch. Positions within what was evicted are those before it. */
export async function cutsOf(query: Query, { from, to }: Stretch): Promise<readonly ProcessCut[]> {
  const rows = await query(
    `SELECT process, after, until, (SELECT min(h.first_seq) FROM state_hole AS h
        WHERE h.process = c.process AND h.first_seq <= c.after AND h.last_seq > c.after) AS hole
      FROM (SELECT process, coalesce(${firstWrite(`instant >= ${from}`)}, ${Number.MAX_SAFE_INTEGER}) - 1 AS after,
          coalesce(${firstWrite(`instant > ${to}`)}, ${Number.MAX_SAFE_INTEGER}) - 1 AS until
        FROM process AS p WHERE start <= ${to} AND coalesce(ended, greatest(last_seen, start)) >= ${from}) AS c
      ORDER BY process`,
  );
  const [after, until, hole] = [rows.numbers("after"), rows.numbers("until"), rows.optionalNumbers("hole")];
  return rows.numbers("process").map((process, row) => {
    const first = hole[row];
    return { process, after: first === undefined ? (after[row] ?? 0) : first - 1, until: until[row] ?? 0 };
  });
}
