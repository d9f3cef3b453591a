// How many records there are along the time line.
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import type { Query } from "./readers.js";
import { densityRollup, tableOf } from "./rollups.js";
import { spreadOver } from "./spread.js";
import { type Stretch, ceilTo, floorTo, levelsFor, recordLevels } from "./zoom-levels.js";
import { type CoverByProcess, coversOf, rowsWithin, sliceOf } from "./zoom-query.js";

type Density = CallResult<"timeline.density">;

/** A record counts in the slice in which its bucket begins: with fewer buckets in a slice, neighbours would differ by chance. */
const bucketsPerSlice = 8;

/** More are not read one by one, however short slices are. */
const mostRecordsRead = 200_000;
const finest = recordLevels.slice(0, 1);

const columns = [
  ["events", "events"],
  ["logs", "logs"],
  ["logErrors", "log_errors"],
  ["spans", "spans"],
  ["spanErrors", "span_errors"],
  ["writes", "writes"],
] as const;
const sums = columns.map(([, column]) => `sum(${column})::DOUBLE AS ${column}`);

/** `mostRead`: how many records may be read; of more the finest buckets are spread over slices, however short these are. */
export async function density(
  query: Query,
  args: Omit<CallArgs<"timeline.density">, "recordingId">,
  mostRead = mostRecordsRead,
): Promise<Density> {
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
  let bucketNs = Number(levels.at(-1)?.widthNs ?? 0n);
  if (to > from) {
    const covers = await coversOf(query);
    const areMany = levels.length === 0 && (await leastRecords(query, range)) > mostRead;
    if (areMany) {
      bucketNs = await spread(query, range, buckets, covers, byKind);
    } else {
      const rows = await query(
        `SELECT ${sliceOf(levels, range, buckets)} AS slice, ${sums.join(", ")}
         FROM (${rowsWithin(densityRollup, levels, range, covers)}) GROUP BY slice`,
      );
      const slices = rows.numbers("slice");
      for (const [kind, column] of columns) {
        const counts = rows.numbers(column);
        for (const [row, slice] of slices.entries()) byKind[kind][slice] = counts[row] ?? 0;
      }
    }
  }
  const { events, logs, logErrors, spans, spanErrors, writes } = byKind;
  const together = (...counts: readonly Uint32Array[]): Uint32Array<ArrayBuffer> =>
    none().map((_, slice) => counts.reduce((sum, own) => sum + (own[slice] ?? 0), 0));
  return {
    bucketNs,
    records: together(events, logs, spans, writes),
    errors: together(logErrors, spanErrors),
    writes,
    ...(isByKind ? { byKind } : {}),
  };
}

type ByKind = Readonly<Record<(typeof columns)[number][0], Uint32Array<ArrayBuffer>>>;

/** How many there are at least: those of the finest buckets that are whole within the range. */
async function leastRecords(query: Query, { since, until }: Stretch): Promise<number> {
  const [level] = finest;
  if (level === undefined) return 0;
  const whole = { since: ceilTo(level.widthNs, since), until: floorTo(level.widthNs, until) };
  if (whole.until <= whole.since) return 0;
  const rows = await query(
    `SELECT sum(events + logs + spans + writes)::DOUBLE AS records FROM ${tableOf(densityRollup, level)}
     WHERE start >= ${whole.since} AND start < ${whole.until}`,
  );
  return rows.optionalNumbers("records")[0] ?? 0;
}

/** What lies in one of the finest buckets is taken to be spread evenly over it. Answers how wide they are. */
async function spread(
  query: Query,
  range: Stretch,
  slices: number,
  covers: CoverByProcess,
  byKind: ByKind,
): Promise<number> {
  const widthNs = finest[0]?.widthNs ?? 1n;
  const rows = await query(
    `SELECT start - start % ${widthNs} AS start, ${sums.join(", ")}
     FROM (${rowsWithin(densityRollup, finest, range, covers)}) GROUP BY ALL`,
  );
  const starts = rows.float64sSince("start", range.since);
  for (const [kind, column] of columns)
    spreadOver(byKind[kind], Number(range.until - range.since), starts, rows.float64s(column), Number(widthNs));
  return Number(widthNs);
}
