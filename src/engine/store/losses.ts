// Where writes to captured state are missing from a process's records, as its gaps say.
import { type ProcessId, instant, seq } from "../../shared/trace/time.js";
import type { Loss } from "../../shared/trace/write.js";
import type { Query } from "./readers.js";
import { markKinds } from "./schema.js";
import { keptSources } from "./timeline.js";

/** What is missing at a process's end was counted by nobody who knew its kinds. */
const losesWrites = `process = $1 AND kind = ${markKinds.indexOf("gap")}
  AND (lost_writes > 0 OR (lost > 0 AND reason IN ('not-sent', 'connection-lost', 'engine-away')))`;

/** In Seq order. What is missing at the end follows everything. */
export async function lossesOf(query: Query, process: ProcessId): Promise<readonly Loss[]> {
  const counted = await query(`SELECT count(*) AS gaps FROM mark WHERE ${losesWrites}`, [process]);
  if ((counted.numbers("gaps")[0] ?? 0) === 0) return [];
  const rows = await query(
    `WITH gap AS (
       SELECT if(seq = 0, ${Number.MAX_SAFE_INTEGER}, seq) AS seq, if(seq = 0, ${Number.MAX_SAFE_INTEGER}, seq - lost) AS first,
         instant FROM mark WHERE ${losesWrites}),
     kept AS (SELECT seq, instant FROM (${keptSources.join(" UNION ALL ")}) AS k(process, seq, instant) WHERE process = $1)
     SELECT gap.seq, coalesce(kept.instant, gap.instant) AS since FROM gap ASOF LEFT JOIN kept ON gap.first > kept.seq
     ORDER BY gap.seq`,
    [process],
  );
  const instants = rows.bigints("since");
  return rows.numbers("seq").map((at, row) => ({ seq: seq(at), since: instant(instants[row] ?? 0n) }));
}
