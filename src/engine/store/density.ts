// How many records there are along the time line.
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import type { Query } from "./readers.js";
import { densityRollup } from "./rollups.js";
import { levelsFor } from "./zoom-levels.js";
import { coversOf, rowsWithin, sliceOf } from "./zoom-query.js";

type Density = CallResult<"timeline.density">;

/** A record counts in the slice in which its bucket begins: with fewer buckets in a slice, neighbours would differ by chance. */
const bucketsPerSlice = 8;

const columns = [
  ["events", "events"],
  ["logs", "logs"],
  ["logErrors", "log_errors"],
  ["spans", "spans"],
  ["spanErrors", "span_errors"],
  ["writes", "writes"],
] as const;
const sums = columns.map(([, column]) => `sum(${column})::DOUBLE AS ${column}`);

export async function density(query: Query, args: Omit<CallArgs<"timeline.density">, "recordingId">): Promise<Density> {
  const { from, to, buckets, byKind: isByKind = false } = args;
  const range = { since: from, until: to };
  const levels = levelsFor(densityRollup.levels, range, buckets, bucketsPerSlice);
  const none = (): Uint32Array<ArrayBuffer> => new Uint32Array(buckets);
  const byKind = {
    events: none(),
    logs: none(),
    logErrors: none(),
    spans: none(),
    spanErrors: none(),
    writes: none(),
  };
  if (to > from) {
    const rows = await query(
      `SELECT ${sliceOf(levels, range, buckets)} AS slice, ${sums.join(", ")}
       FROM (${rowsWithin(densityRollup, levels, range, await coversOf(query))}) GROUP BY slice`,
    );
    const slices = rows.numbers("slice");
    for (const [kind, column] of columns) {
      const counts = rows.numbers(column);
      for (const [row, slice] of slices.entries()) byKind[kind][slice] = counts[row] ?? 0;
    }
  }
  const { events, logs, logErrors, spans, spanErrors, writes } = byKind;
  const together = (...counts: readonly Uint32Array[]): Uint32Array<ArrayBuffer> =>
    none().map((_, slice) => counts.reduce((sum, own) => sum + (own[slice] ?? 0), 0));
  return {
    bucketNs: Number(levels.at(-1)?.widthNs ?? 0n),
    records: together(events, logs, spans, writes),
    errors: together(logErrors, spanErrors),
    writes,
    ...(isByKind ? { byKind } : {}),
  };
}
