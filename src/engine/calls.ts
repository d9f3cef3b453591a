// Calls of the program's functions: pages of them, the stacks of an instant, and the tree of a stretch or of a span. The store finds
// them; what they were made in is looked up step by step, as far as it is not among them.
import { grouped } from "../shared/base/grouped.js";
import { mostStacks, mostTreeSpans } from "../shared/protocol/call-calls.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { spanStatuses } from "../shared/trace/attributes.js";
import { callTree } from "./requests/call-tree.js";
import { ownTimes } from "./requests/own-time.js";
import { callsInRange, childrenOf, namedCalls, openCalls, treeRows } from "./store/call-rows.js";
import type { Query } from "./store/readers.js";
import type { Rows } from "./store/rows.js";
import { type SpanColumns, spanColumns } from "./store/spans.js";

interface Extent {
  readonly start: bigint;
  readonly end: bigint;
}

/** A span on the way to the outermost. */
interface Link {
  readonly key: string;
  readonly process: number;
  readonly parent: number;
  readonly isCall: boolean;
}

/** More steps are not made to what a call was made in: deeper ones are said to be less deep. */
const mostSteps = 200;
const mostOpen = 20_000;

const keyOf = (process: number, span: number): string => `${process}:${span}`;

function linksIn(rows: Rows): Link[] {
  const [spans, parents] = [rows.numbers("span"), rows.numbers("parent")];
  const calls = rows.booleans("is_call");
  return rows.numbers("process").map((process, row) => ({
    key: keyOf(process, spans[row] ?? 0),
    process,
    parent: parents[row] ?? 0,
    isCall: calls[row] === true,
  }));
}

/** Looks up what is above the links, into `known`; `found` is told of the rows. */
async function lookUp(query: Query, known: Map<string, Link>, found?: (rows: Rows) => void): Promise<void> {
  let latest: readonly Link[] = [...known.values()];
  for (let step = 0; step < mostSteps && latest.length > 0; step++) {
    const missing = new Map(
      latest
        .filter(({ process, parent }) => parent !== 0 && !known.has(keyOf(process, parent)))
        .map(({ process, parent }) => [keyOf(process, parent), [process, parent] as const]),
    );
    if (missing.size === 0) return;
    const rows = await namedCalls(query, [...missing.values()]);
    found?.(rows);
    latest = linksIn(rows);
    for (const link of latest) known.set(link.key, link);
  }
}

const placesIn = (rows: Rows) => ({
  files: rows.texts("file"),
  lines: Uint32Array.from(rows.numbers("line")),
  columns: Uint32Array.from(rows.numbers("column")),
});

export async function callsPage(
  query: Query,
  { start, end }: Extent,
  args: Omit<CallArgs<"calls.page">, "recordingId">,
): Promise<CallResult<"calls.page">> {
  const rows = await callsInRange(query, args);
  const calls = spanColumns(rows, start, false);
  const links = linksIn(rows);
  const known = new Map(links.map((link) => [link.key, link]));
  await lookUp(query, known);
  const last = rows.length - 1;
  const [instants, seqs] = [rows.bigints("instant"), rows.numbers("seq")];
  const next =
    rows.length < args.limit
      ? undefined
      : { instant: instants[last] ?? 0n, process: calls.process[last] ?? 0, seq: seqs[last] ?? 0 };
  return {
    calls,
    ...placesIn(rows),
    depth: Uint16Array.from(depthsOf(links, known)),
    ownNs: await ownTimesIn(query, calls, links, { start, end }),
    ...(next === undefined ? {} : { next }),
  };
}

function depthsOf(links: readonly Link[], known: ReadonlyMap<string, Link>): number[] {
  const depths = new Map<string, number>();
  return links.map((link) => {
    const way: Link[] = [];
    let above = known.get(keyOf(link.process, link.parent));
    // Nothing is within itself, whatever a file says.
    while (above !== undefined && !depths.has(above.key) && way.length < known.size) {
      way.push(above);
      above = known.get(keyOf(above.process, above.parent));
    }
    let depth = above === undefined ? 0 : (depths.get(above.key) ?? 0) + (above.isCall ? 1 : 0);
    for (const next of way.reverse()) {
      depths.set(next.key, depth);
      if (next.isCall) depth++;
    }
    depths.set(link.key, depth);
    return Math.min(depth, 0xffff);
  });
}

async function ownTimesIn(
  query: Query,
  { startNs, endNs }: SpanColumns,
  links: readonly Link[],
  { start, end }: Extent,
): Promise<Float64Array<ArrayBuffer>> {
  if (links.length === 0) return new Float64Array();
  const named = links.map(({ key, process }) => [process, Number(key.slice(key.indexOf(":") + 1))] as const);
  const rows = await childrenOf(query, named);
  const byKey = new Map(links.map(({ key }, row) => [key, row]));
  const [processes, parents] = [rows.numbers("process"), rows.numbers("parent")];
  const [begins, ends] = [rows.bigints("instant"), rows.optionalBigints("end_instant")];
  const since = (instant: bigint | undefined): number => (instant === undefined ? NaN : Number(instant - start));
  const family = [
    ...links.map((_, row) => ({ parent: undefined, startNs: startNs[row] ?? 0, endNs: endNs[row] ?? NaN })),
    ...begins.map((instant, row) => ({
      parent: byKey.get(keyOf(processes[row] ?? 0, parents[row] ?? 0)),
      startNs: since(instant),
      endNs: since(ends[row]),
    })),
  ];
  return Float64Array.from(ownTimes(family, () => Number(end - start)).subarray(0, links.length));
}

export async function callStacks(query: Query, start: bigint, instant: bigint): Promise<CallResult<"calls.stacks">> {
  const first = await openCalls(query, instant, mostOpen);
  const parts = [first];
  const open = linksIn(first);
  const known = new Map(open.map((link) => [link.key, link]));
  await lookUp(query, known, (rows) => parts.push(rows));
  const isWithin = new Set(open.map(({ process, parent }) => keyOf(process, parent)));
  const innermost = open.filter(({ key }) => !isWithin.has(key));
  const places = new Map(
    parts.flatMap((rows, part) => linksIn(rows).map(({ key }, row) => [key, [part, row] as const])),
  );
  const frames = innermost.slice(0, mostStacks).flatMap((leaf, stack) => {
    const way: Link[] = [];
    for (
      let at: Link | undefined = leaf;
      at !== undefined && way.length <= known.size;
      at = known.get(keyOf(at.process, at.parent))
    )
      way.push(at);
    return way.reverse().map((link) => ({ link, stack }));
  });
  const all = parts.map((rows) => ({ spans: spanColumns(rows, start, false), ...placesIn(rows) }));
  const at = <Value>(pick: (part: (typeof all)[number], row: number) => Value | undefined, none: Value): Value[] =>
    frames.map(({ link }) => {
      const [part, row] = places.get(link.key) ?? [0, 0];
      const found = all[part];
      return (found === undefined ? undefined : pick(found, row)) ?? none;
    });
  return {
    total: innermost.length,
    frames: {
      truncated: innermost.length > mostStacks,
      process: Uint16Array.from(at(({ spans }, row) => spans.process[row], 0)),
      startNs: Float64Array.from(at(({ spans }, row) => spans.startNs[row], 0)),
      endNs: Float64Array.from(at(({ spans }, row) => spans.endNs[row], NaN)),
      lane: Uint16Array.from(at(({ spans }, row) => spans.lane[row], 0)),
      kind: Uint8Array.from(at(({ spans }, row) => spans.kind[row], 0)),
      status: Uint8Array.from(at(({ spans }, row) => spans.status[row], 0)),
      names: at(({ spans }, row) => spans.names[row], ""),
      spanIds: at(({ spans }, row) => spans.spanIds[row], ""),
      traceIds: at(({ spans }, row) => spans.traceIds[row], ""),
      parentSpanIds: at(({ spans }, row) => spans.parentSpanIds[row], ""),
      attributes: at(({ spans }, row) => spans.attributes[row], ""),
    },
    files: at(({ files }, row) => files[row], ""),
    lines: Uint32Array.from(at(({ lines }, row) => lines[row], 0)),
    columns: Uint32Array.from(at((part, row) => part.columns[row], 0)),
    stack: Uint16Array.from(frames, ({ stack }) => stack),
    isCall: Uint8Array.from(frames, ({ link }) => (link.isCall ? 1 : 0)),
  };
}

export async function treeOfCalls(
  query: Query,
  { start, end }: Extent,
  args: Omit<CallArgs<"calls.tree">, "recordingId">,
): Promise<CallResult<"calls.tree">> {
  const rows = await treeRows(query, args);
  const columns = spanColumns(rows, start, false);
  const [places, calls] = [placesIn(rows), rows.booleans("is_call")];
  const indexes = new Map(columns.spanIds.map((id, row) => [id, row]));
  const parents = columns.parentSpanIds.map((id, row) => (id === columns.spanIds[row] ? undefined : indexes.get(id)));
  const taken =
    args.below === undefined ? columns.spanIds.map((_, row) => row) : belowOf(indexes.get(args.below.spanId), parents);
  const place = new Map(taken.map((row, at) => [row, at]));
  const spans = taken.slice(0, mostTreeSpans).map((row) => ({
    // What asks and what answers have the same name, and so have functions of two services.
    key: `${columns.process[row] ?? 0} ${columns.kind[row] ?? 0} ${columns.names[row] ?? ""}\n${places.files[row] ?? ""}\n${places.lines[row] ?? 0}`,
    parent: place.get(parents[row] ?? -1),
    startNs: columns.startNs[row] ?? 0,
    endNs: columns.endNs[row] ?? NaN,
    hasFailed: spanStatuses[columns.status[row] ?? 0] === "error",
  }));
  const nodes = callTree(spans, Number(end - start));
  const rowOf = nodes.map(({ longest, firstFailed }) => taken[firstFailed ?? longest] ?? 0);
  return {
    isCut: rows.length > mostTreeSpans,
    names: rowOf.map((row) => columns.names[row] ?? ""),
    files: rowOf.map((row) => places.files[row] ?? ""),
    lines: Uint32Array.from(rowOf, (row) => places.lines[row] ?? 0),
    columns: Uint32Array.from(rowOf, (row) => places.columns[row] ?? 0),
    isCall: Uint8Array.from(rowOf, (row) => (calls[row] === true ? 1 : 0)),
    parents: Uint32Array.from(nodes, ({ parent }) => (parent === undefined ? 0 : parent + 1)),
    calls: Uint32Array.from(nodes, (node) => node.calls),
    failed: Uint32Array.from(nodes, ({ failed }) => failed),
    recursive: Uint32Array.from(nodes, ({ recursive }) => recursive),
    totalNs: Float64Array.from(nodes, ({ totalNs }) => totalNs),
    ownNs: Float64Array.from(nodes, ({ ownNs }) => ownNs),
    process: Uint16Array.from(rowOf, (row) => columns.process[row] ?? 0),
    spanIds: rowOf.map((row) => columns.spanIds[row] ?? ""),
    startNs: Float64Array.from(rowOf, (row) => columns.startNs[row] ?? 0),
  };
}

/** A row, and all that is below it, in their order. */
function belowOf(root: number | undefined, parents: readonly (number | undefined)[]): number[] {
  if (root === undefined) return [];
  const children = grouped(parents.keys(), (row) => parents[row]);
  const found = new Set([root]);
  for (const row of found) for (const child of children.get(row) ?? []) found.add(child);
  return [...found].sort((a, b) => a - b);
}
