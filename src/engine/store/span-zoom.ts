// Spans of a range where there may be more of them than pixels: the long ones as they are, and those too short to be told
// apart as one row for each lane and slice, with their number. Nothing is left out.
import { spanStatuses } from "../../shared/trace/attributes.js";
import { mostRows } from "./columns.js";
import type { SpanFilter } from "../../shared/protocol/row-filters.js";
import { type LongestWanted, longestSpans, reaching, rowsLookedThrough } from "./longest-spans.js";
import type { Query } from "./readers.js";
import type { Conditions } from "./row-conditions.js";
import type { Rows } from "./rows.js";
import { isFiltered, spanConditions } from "./span-filter.js";
import { type Group, countOf, groupsOf, keyOf } from "./span-groups.js";
import { type SpanColumns, spanColumns, spansOf } from "./spans.js";
import { storable } from "./zoom-levels.js";
import { sliceAt } from "./zoom-query.js";

export interface SpanZoom {
  readonly from: bigint;
  readonly to: bigint;
  /** Rows that stand for one span each, at most; there may be as many others. */
  readonly limit: number;
  /** Pixels, about: spans that begin in one slice of one lane and are no longer than it may be merged. */
  readonly slices: number;
  readonly filter?: SpanFilter;
  /** For tests: as if so many were too many to look through. */
  readonly rowsLookedThrough?: number;
}

export async function spansZoomed(query: Query, start: bigint, zoom: SpanZoom): Promise<SpanColumns> {
  const most = Math.min(zoom.limit, mostRows / 2);
  const [from, to] = [storable(zoom.from), storable(zoom.to)];
  if (to < from) return spanColumns(await query(spansOf(`SELECT * FROM span WHERE false`)), start, false);
  const range = { since: from, until: to + 1n };
  const { filter = {} } = zoom;
  const conditions = isFiltered(filter) ? spanConditions(filter) : undefined;
  const grouped = await groupsOf(query, range, zoom.slices, most, conditions);
  const { groups, levels, slices } = grouped;
  const wanted: LongestWanted = {
    from,
    to,
    most,
    begun: countOf(grouped),
    pixelNs: (range.until - range.since) / BigInt(Math.max(1, zoom.slices)) + 1n,
    rowsLookedThrough: zoom.rowsLookedThrough ?? rowsLookedThrough,
  };
  const rows = await longestSpans(query, wanted, conditions);
  // Those that reach in come first.
  const isFull = begunBefore(rows, from) === most;
  const isTruncated = isFull && (await reachingIn(query, from, conditions)) > most;
  const shown = spanColumns(rows, start, isTruncated);
  const endOfSlice = (slice: number): bigint =>
    range.since + ((range.until - range.since) * BigInt(slice + 1)) / BigInt(slices) + (levels.at(-1)?.widthNs ?? 1n);
  takeOut(rows, groups, (instant) => sliceAt(levels, range, slices, instant), endOfSlice, range.since);
  // Some of those that are not shown may be open: no end tells where they begin.
  if (rows.length === most)
    for (const group of groups.values()) if (endOfSlice(group.slice) > group.last) group.last = endOfSlice(group.slice);
  const left = [...groups.values()].filter(({ spans }) => spans > 0);
  return left.length === 0 ? shown : withMerged(shown, left, start);
}

const begunBefore = (rows: Rows, from: bigint): number =>
  rows.bigints("instant").filter((instant) => instant < from).length;

/** Spans that began before, which no group counts. */
async function reachingIn(query: Query, from: bigint, conditions: Conditions | undefined): Promise<number> {
  const rows = await query(
    `SELECT count(*) AS spans FROM (${reaching(from)}) AS t WHERE ${conditions?.sql(0) ?? "true"}`,
    conditions?.values,
  );
  return rows.numbers("spans")[0] ?? 0;
}

/** Spans that are shown themselves are not counted again. */
function takeOut(
  rows: Rows,
  groups: ReadonlyMap<string, Group>,
  sliceOfSpan: (instant: bigint) => number,
  endOfSlice: (slice: number) => bigint,
  since: bigint,
): void {
  const [instants, processes, lanes] = [rows.bigints("instant"), rows.numbers("process"), rows.numbers("lane")];
  const statuses = rows.numbers("status");
  for (const [row, instant] of instants.entries()) {
    if (instant < since) continue;
    const group = groups.get(keyOf(processes[row] ?? 0, lanes[row] ?? 0, sliceOfSpan(instant)));
    if (group === undefined) continue;
    group.spans--;
    if (statuses[row] === errorStatus) group.failed--;
    // The last end may be its own. What else begins there does so within the slice.
    const sliceEnd = endOfSlice(group.slice);
    if (sliceEnd < group.last) group.last = sliceEnd;
  }
}

const errorStatus = spanStatuses.indexOf("error");

function withMerged(shown: SpanColumns, groups: readonly Group[], start: bigint): SpanColumns {
  const none = groups.map(() => "");
  const all = <Values extends Uint8Array | Uint16Array | Float64Array | Uint32Array>(
    into: Values,
    own: ArrayLike<number>,
    more: readonly number[],
  ): Values => {
    into.set(own);
    into.set(more, own.length);
    return into;
  };
  const length = shown.process.length + groups.length;
  return {
    truncated: shown.truncated,
    counts: all(
      new Uint32Array(length),
      new Uint32Array(shown.process.length).fill(1),
      groups.map(({ spans }) => spans),
    ),
    process: all(
      new Uint16Array(length),
      shown.process,
      groups.map(({ process }) => process),
    ),
    startNs: all(
      new Float64Array(length),
      shown.startNs,
      groups.map(({ first }) => Number(first - start)),
    ),
    endNs: all(
      new Float64Array(length),
      shown.endNs,
      groups.map(({ first, last }) => Number((last > first ? last : first) - start)),
    ),
    lane: all(
      new Uint16Array(length),
      shown.lane,
      groups.map(({ lane }) => lane),
    ),
    kind: all(
      new Uint8Array(length),
      shown.kind,
      groups.map(() => 0),
    ),
    status: all(
      new Uint8Array(length),
      shown.status,
      groups.map(({ failed }) => (failed > 0 ? errorStatus : 0)),
    ),
    names: [...shown.names, ...none],
    spanIds: [...shown.spanIds, ...none],
    traceIds: [...shown.traceIds, ...none],
    parentSpanIds: [...shown.parentSpanIds, ...none],
    attributes: [...shown.attributes, ...groups.map(() => "{}")],
  };
}
