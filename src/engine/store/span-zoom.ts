// Spans of a range where there may be more of them than pixels: the long ones as they are, and those too short to be told
// apart as one row for each lane and slice, with their number. Nothing is left out.
import { spanStatuses } from "../../shared/trace/attributes.js";
import { mostRows } from "./columns.js";
import type { SpanFilter } from "../../shared/protocol/row-filters.js";
import type { Query } from "./readers.js";
import { laneRollup, lanesWhere } from "./rollups.js";
import type { Conditions } from "./row-conditions.js";
import type { Rows } from "./rows.js";
import { isFiltered, spanConditions } from "./span-filter.js";
import { type SpanColumns, overlappingSpans, spanColumns, spansOf } from "./spans.js";
import { type Level, type Stretch, levelsFor, storable } from "./zoom-levels.js";
import { coversOf, rowsWithin, sliceAt, sliceOf } from "./zoom-query.js";

export interface SpanZoom {
  readonly from: bigint;
  readonly to: bigint;
  /** Rows that stand for one span each, at most; there may be as many others. */
  readonly limit: number;
  /** Pixels, about: spans that begin in one slice of one lane and are no longer than it may be merged. */
  readonly slices: number;
  readonly filter?: SpanFilter;
}

/** Spans that begin in one slice of one lane. */
interface Group {
  readonly process: number;
  readonly lane: number;
  readonly slice: number;
  spans: number;
  failed: number;
  readonly first: bigint;
  last: bigint;
  readonly longest: bigint;
}

export async function spansZoomed(query: Query, start: bigint, zoom: SpanZoom): Promise<SpanColumns> {
  const most = Math.min(zoom.limit, mostRows / 2);
  const [from, to] = [storable(zoom.from), storable(zoom.to)];
  if (to < from) return spanColumns(await query(spansOf(`SELECT * FROM span WHERE false`)), start, false);
  const range = { since: from, until: to + 1n };
  const { filter = {} } = zoom;
  const conditions = isFiltered(filter) ? spanConditions(filter) : undefined;
  const { groups, levels, slices } = await groupsOf(query, range, zoom.slices, most, conditions);
  const wanted = (given: number): string => conditions?.sql(given) ?? "true";
  const values = conditions?.values ?? [];
  const tooShort = shortest(groups, range, levels, slices, most);
  const rows = await query(
    spansOf(`SELECT * FROM ${overlappingSpans} AS t
      WHERE (t.instant < $1 OR t.end_instant IS NULL OR t.end_instant - t.instant >= $3) AND ${wanted(4)}
      ORDER BY t.instant < $1 DESC, coalesce(t.end_instant, $2) - t.instant DESC, t.instant, t.process, t.seq LIMIT $4`),
    [from, to, storable(tooShort), most, ...values],
  );
  const isTruncated = rows.length === most && (await reachingIn(query, from, conditions)) > begunBefore(rows, from);
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
    `SELECT count(*) AS spans FROM ${overlappingSpans} AS t WHERE t.instant < $1 AND ${conditions?.sql(2) ?? "true"}`,
    [from, from, ...(conditions?.values ?? [])],
  );
  return rows.numbers("spans")[0] ?? 0;
}

interface Grouped {
  readonly groups: ReadonlyMap<string, Group>;
  readonly levels: readonly Level[];
  readonly slices: number;
}

const keyOf = (process: number, lane: number, slice: number): string => `${process}/${lane}/${slice}`;

/** In fewer slices where many lanes would else make too many rows. */
async function groupsOf(
  query: Query,
  range: Stretch,
  wanted: number,
  most: number,
  conditions: Conditions | undefined,
): Promise<Grouped> {
  const covers = await coversOf(query);
  for (let slices = Math.max(1, wanted); ; slices = Math.max(1, Math.floor(slices / 4))) {
    const levels = conditions === undefined ? levelsFor(laneRollup.levels, range, slices) : [];
    const from =
      conditions === undefined
        ? rowsWithin(laneRollup, levels, range, covers)
        : lanesWhere(`t.instant >= ${range.since} AND t.instant < ${range.until} AND ${conditions.sql(0)}`);
    const rows = await query(
      `SELECT ${sliceOf(levels, range, slices)} AS slice, process, lane, sum(spans)::DOUBLE AS spans, sum(failed)::DOUBLE AS failed,
         coalesce(min(first), 0) AS first, coalesce(max(last), 0) AS last, coalesce(max(longest), -1) AS longest
       FROM (${from}) GROUP BY ALL LIMIT ${mostRows}`,
      conditions?.values,
    );
    if (rows.length > most && slices > 1) continue;
    return { groups: groupsFrom(rows), levels, slices };
  }
}

function groupsFrom(rows: Rows): ReadonlyMap<string, Group> {
  const [slices, processes, lanes] = [rows.numbers("slice"), rows.numbers("process"), rows.numbers("lane")];
  const [spans, failed] = [rows.numbers("spans"), rows.numbers("failed")];
  const [first, last, longest] = [rows.bigints("first"), rows.bigints("last"), rows.bigints("longest")];
  return new Map(
    slices.map((slice, row): [string, Group] => {
      const [process, lane] = [processes[row] ?? 0, lanes[row] ?? 0];
      const counts = { spans: spans[row] ?? 0, failed: failed[row] ?? 0 };
      const times = { first: first[row] ?? 0n, last: last[row] ?? 0n, longest: longest[row] ?? 0n };
      return [keyOf(process, lane, slice), { process, lane, slice, ...counts, ...times }];
    }),
  );
}

/**
 * The length from which on spans are rows of their own, at most `most` of them: all of them where they are few, else what
 * reaches beyond its bucket. Of spans in one lane only the last of a bucket does, so that the longest are known from groups.
 */
function shortest(
  groups: ReadonlyMap<string, Group>,
  range: Stretch,
  levels: readonly Level[],
  slices: number,
  most: number,
): bigint {
  const all = [...groups.values()];
  if (all.reduce((sum, { spans }) => sum + spans, 0) <= most) return 0n;
  const width = levels.at(-1)?.widthNs ?? (range.until - range.since) / BigInt(slices) + 1n;
  const lengths = all.map(({ longest }) => longest).sort((a, b) => (a > b ? -1 : a < b ? 1 : 0));
  const atMost = lengths[most - 1] ?? 0n;
  return atMost > width ? atMost : width;
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
