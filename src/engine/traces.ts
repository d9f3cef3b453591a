// Traces of a stretch with their spans below each other, and what of spans was their own: the store finds them, the pure part
// says what is below what.
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { grouped } from "../shared/base/grouped.js";
import { clientKind, pickedColumns, treeSpans } from "./picked-spans.js";
import { ownTimes } from "./requests/own-time.js";
import { type TreeRow, type TreeSpan, requestTree, wholeTrees } from "./requests/request-tree.js";
import { traceLanes } from "./requests/trace-lanes.js";
import type { Query } from "./store/readers.js";
import type { Rows } from "./store/rows.js";
import { spanColumns } from "./store/spans.js";
import { familiesOf, mostSpansShown, spansOfTraces, tracesIn } from "./store/trace-list.js";

type Traces = CallResult<"traces.range">;

interface Extent {
  readonly start: bigint;
  readonly end: bigint;
}

/** Rows [from, to) are the spans of one trace that were read. */
interface ReadTrace {
  readonly from: number;
  readonly to: number;
  readonly all: number;
  readonly failed: number;
}

const isWhole = ({ from, to, all }: ReadTrace): boolean => to - from >= all;

export async function tracesInRange(
  query: Query,
  { start, end }: Extent,
  args: Omit<CallArgs<"traces.range">, "recordingId">,
): Promise<Traces> {
  const { total, ids } = await tracesIn(query, args);
  const rows = await spansOfTraces(query, ids);
  const all = spanColumns(rows, start, false);
  const spans = treeSpans(all);
  const traces = readTraces(rows);
  const untilNs = Number(end - start);
  const trees = traces.map((trace) => {
    const own = spans.slice(trace.from, trace.to);
    const tree = wholeTrees(own);
    const placed = tree.map((row) => ({ ...row, at: row.at + trace.from }));
    const ownNs = isWhole(trace) ? ownTimesIn(own, tree, untilNs) : new Float64Array(tree.length).fill(NaN);
    return { placed, ownNs, lanes: traceLanes(placed, (at) => spans[at] ?? never) };
  });
  const placed = trees.flatMap((tree) => tree.placed);
  const [first, last] = [rows.bigints("first"), rows.optionalBigints("last")];
  return {
    total,
    traceIds: traces.map(({ from }) => all.traceIds[from] ?? ""),
    allSpans: Uint32Array.from(traces, (trace) => trace.all),
    failed: Uint32Array.from(traces, ({ failed }) => failed),
    startNs: Float64Array.from(traces, ({ from }) => Number((first[from] ?? start) - start)),
    endNs: Float64Array.from(traces, ({ from }) => {
      const ended = last[from];
      return ended === undefined ? NaN : Number(ended - start);
    }),
    spans: { ...pickedColumns(all, placed), lane: Uint16Array.from(trees.flatMap(({ lanes }) => [...lanes])) },
    trace: Uint16Array.from(trees.flatMap((tree, at) => tree.placed.map(() => at))),
    depth: Uint16Array.from(placed, ({ depth }) => Math.min(depth, 0xffff)),
    ownNs: Float64Array.from(trees.flatMap(({ ownNs }) => [...ownNs])),
    movedNs: Float64Array.from(placed, ({ movedNs }) => movedNs),
  };
}

const never: TreeSpan = { id: "", parentId: "", process: 0, startNs: 0, endNs: 0, isClient: false };

/** Of what was read the last may be cut off: it is left out, unless it is all there is. */
function readTraces(rows: Rows): readonly ReadTrace[] {
  const [places, counts, failed] = [rows.numbers("place"), rows.numbers("spans"), rows.numbers("failed")];
  const traces: ReadTrace[] = [];
  for (let from = 0; from < places.length;) {
    let to = from;
    while (to < places.length && places[to] === places[from]) to++;
    traces.push({ from, to, all: counts[from] ?? 0, failed: failed[from] ?? 0 });
    from = to;
  }
  const last = traces.at(-1);
  const isCut = last !== undefined && traces.length > 1 && last.to - last.from < Math.min(last.all, mostSpansShown);
  return isCut ? traces.slice(0, -1) : traces;
}

function ownTimesIn(spans: readonly TreeSpan[], tree: readonly TreeRow[], untilNs: number): Float64Array {
  const shown = tree.map(({ at, parent, movedNs }) => ({
    parent,
    startNs: (spans[at]?.startNs ?? 0) + movedNs,
    endNs: (spans[at]?.endNs ?? NaN) + movedNs,
  }));
  return ownTimes(shown, (row) => untilNs + (tree[row]?.movedNs ?? 0));
}

export async function ownTimesOf(
  query: Query,
  { start, end }: Extent,
  { process, spanIds, from, to }: Omit<CallArgs<"spans.own">, "recordingId">,
): Promise<CallResult<"spans.own">> {
  const found = await familiesOf(query, { from, to, spanIds }, end);
  const parents = new Map(familySpans(found.parents, start).map((one) => [`${one.process}.${one.id}`, one]));
  const below = found.children === undefined ? [] : familySpans(found.children, start);
  const children = grouped(below, ({ trace, parentId }) => `${trace}.${parentId}`);
  const untilNs = Number(end - start);
  const owned = spanIds.map((id, at) => {
    const span = parents.get(`${process[at]}.${id}`);
    if (span === undefined || found.children === undefined) return { ownNs: NaN, children: 0 };
    const own = children.get(`${span.trace}.${span.id}`) ?? [];
    // What is below the children is none of its concern.
    const family = [{ ...span, parentId: "" }, ...own.filter((child) => child.id !== span.id)];
    const [ownNs = NaN] = ownTimesIn(family, requestTree(family, 0), untilNs);
    return { ownNs, children: family.length - 1 };
  });
  return {
    ownNs: Float64Array.from(owned, ({ ownNs }) => ownNs),
    children: Uint32Array.from(owned, (one) => one.children),
  };
}

interface FamilySpan extends TreeSpan {
  readonly trace: string;
}

function familySpans(rows: Rows, start: bigint): readonly FamilySpan[] {
  const [processes, kinds, ids] = [rows.numbers("process"), rows.numbers("kind"), rows.textsOrEmpty("span_id")];
  const [parents, traces] = [rows.textsOrEmpty("parent_id"), rows.textsOrEmpty("trace_id")];
  const [begins, ends] = [rows.bigints("instant"), rows.optionalBigints("end_instant")];
  return ids.map((id, at) => {
    const end = ends[at];
    return {
      id,
      trace: traces[at] ?? "",
      parentId: parents[at] ?? "",
      process: processes[at] ?? 0,
      startNs: Number((begins[at] ?? start) - start),
      endNs: end === undefined ? NaN : Number(end - start),
      isClient: kinds[at] === clientKind,
    };
  });
}
