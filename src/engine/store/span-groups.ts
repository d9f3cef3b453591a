// Spans of a range by the row they are drawn in and by slice: how many begin there. Slices are as many as are asked for, or a
// quarter, a sixteenth of that … where these make too many groups. Found from the coarsest on: to be told that it is too
// many costs more than all that is not.
import { mostRows } from "./columns.js";
import type { Query } from "./readers.js";
import { laneRollup, lanesWhere } from "./rollups.js";
import type { Conditions } from "./row-conditions.js";
import type { Rows } from "./rows.js";
import { type Level, type Stretch, levelsFor } from "./zoom-levels.js";
import { type CoverByProcess, coversOf, rowsWithin, sliceOf } from "./zoom-query.js";

/** Spans that begin in one slice of one lane. */
export interface Group {
  readonly process: number;
  readonly lane: number;
  readonly slice: number;
  spans: number;
  failed: number;
  readonly first: bigint;
  last: bigint;
}

export interface Grouped {
  readonly groups: ReadonlyMap<string, Group>;
  readonly levels: readonly Level[];
  readonly slices: number;
}

export const keyOf = (process: number, lane: number, slice: number): string => `${process}/${lane}/${slice}`;

export const countOf = ({ groups }: Grouped): number => [...groups.values()].reduce((sum, { spans }) => sum + spans, 0);

/** In `wanted` slices or fewer, such that there are no more than `most` groups if not all of them are of one slice. */
export async function groupsOf(
  query: Query,
  range: Stretch,
  wanted: number,
  most: number,
  conditions: Conditions | undefined,
): Promise<Grouped> {
  const covers = await coversOf(query);
  const within = (slices: number): Promise<Grouped> => groupedInto(query, range, slices, covers, conditions);
  const steps = [Math.max(1, wanted)];
  while ((steps[0] ?? 1) > 1) steps.unshift(Math.max(1, Math.floor((steps[0] ?? 1) / 4)));
  // Filtered spans are counted from all there are, however few slices: often few are left, and one count will do.
  if (conditions !== undefined) {
    const finest = await within(Math.max(1, wanted));
    if (finest.groups.size <= most || wanted <= 1) return finest;
  }
  let found = await within(1);
  const lanes = found.groups.size;
  if (countOf(found) <= most) return wanted <= 1 ? found : within(wanted);
  const few = steps.findLastIndex((slices) => slices * lanes <= most);
  if (few > 0) found = await within(steps[few] ?? 1);
  // Not all lanes are used all the time.
  for (const slices of steps.slice(Math.max(few, 0) + 1)) {
    if (2 * found.groups.size > most) break;
    const finer = await within(slices);
    if (finer.groups.size > most) break;
    found = finer;
  }
  return found;
}

async function groupedInto(
  query: Query,
  range: Stretch,
  slices: number,
  covers: CoverByProcess,
  conditions: Conditions | undefined,
): Promise<Grouped> {
  const levels = conditions === undefined ? levelsFor(laneRollup.levels, range, slices) : [];
  const from =
    conditions === undefined
      ? rowsWithin(laneRollup, levels, range, covers)
      : lanesWhere(`t.instant >= ${range.since} AND t.instant < ${range.until} AND ${conditions.sql(0)}`);
  const rows = await query(
    `SELECT ${sliceOf(levels, range, slices)} AS slice, process, lane, sum(spans)::DOUBLE AS spans, sum(failed)::DOUBLE AS failed,
       coalesce(min(first), 0) AS first, coalesce(max(last), 0) AS last
     FROM (${from}) GROUP BY ALL LIMIT ${mostRows}`,
    conditions?.values,
  );
  return { groups: groupsFrom(rows), levels, slices };
}

function groupsFrom(rows: Rows): ReadonlyMap<string, Group> {
  const [slices, processes, lanes] = [rows.numbers("slice"), rows.numbers("process"), rows.numbers("lane")];
  const [spans, failed] = [rows.numbers("spans"), rows.numbers("failed")];
  const [first, last] = [rows.bigints("first"), rows.bigints("last")];
  return new Map(
    slices.map((slice, row): [string, Group] => {
      const [process, lane] = [processes[row] ?? 0, lanes[row] ?? 0];
      const counts = { spans: spans[row] ?? 0, failed: failed[row] ?? 0 };
      const times = { first: first[row] ?? 0n, last: last[row] ?? 0n };
      return [keyOf(process, lane, slice), { process, lane, slice, ...counts, ...times }];
    }),
  );
}
