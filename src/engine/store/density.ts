// How many records there are along the time line.
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import type { Query } from "./readers.js";
import { densityRollup } from "./rollups.js";
import { levelsFor } from "./zoom-levels.js";
import { coversOf, rowsWithin, sliceOf } from "./zoom-query.js";

type Density = CallResult<"timeline.density">;

/** A record counts in the slice in which its bucket begins: with fewer buckets in a slice, neighbours would differ by chance. */
const bucketsPerSlice = 8;

export async function density(query: Query, args: Omit<CallArgs<"timeline.density">, "recordingId">): Promise<Density> {
  const { from, to, buckets } = args;
  const range = { since: from, until: to };
  const levels = levelsFor(densityRollup.levels, range, buckets, bucketsPerSlice);
  const answer: Density = {
    bucketNs: Number(levels.at(-1)?.widthNs ?? 0n),
    records: new Uint32Array(buckets),
    errors: new Uint32Array(buckets),
    writes: new Uint32Array(buckets),
  };
  if (to <= from) return answer;
  const rows = await query(
    `SELECT ${sliceOf(levels, range, buckets)} AS slice, sum(events + logs + spans + writes)::DOUBLE AS records,
       sum(log_errors + span_errors)::DOUBLE AS errors, sum(writes)::DOUBLE AS writes
     FROM (${rowsWithin(densityRollup, levels, range, await coversOf(query))}) GROUP BY slice`,
  );
  const [records, errors, writes] = [rows.numbers("records"), rows.numbers("errors"), rows.numbers("writes")];
  rows.numbers("slice").forEach((slice, row) => {
    answer.records[slice] = records[row] ?? 0;
    answer.errors[slice] = errors[row] ?? 0;
    answer.writes[slice] = writes[row] ?? 0;
  });
  return answer;
}
