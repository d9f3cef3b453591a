// One request with everything below it: the store gives what was recorded of its trace, the pure part what it was made of.
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { spanKinds } from "../shared/trace/attributes.js";
import { criticalPath } from "./requests/critical-path.js";
import { type TreeRow, type TreeSpan, callersOf, requestTree } from "./requests/request-tree.js";
import type { Query } from "./store/readers.js";
import type { Rows } from "./store/rows.js";
import { type SpanColumns, spanColumns } from "./store/spans.js";
import { logsOfSpans, mostTraceSpans, spanKey, spansOfTrace, writesOfSpans } from "./store/trace-rows.js";

type One = CallResult<"requests.one">;

const kind = (one: (typeof spanKinds)[number]): number => spanKinds.indexOf(one);
const isEntry = (of: number | undefined): boolean => of === kind("server") || of === kind("consumer");

export async function oneRequest(
  query: Query,
  extent: { readonly start: bigint; readonly end: bigint },
  { process, spanId, outermost = false }: Omit<CallArgs<"requests.one">, "recordingId">,
): Promise<One> {
  const { start } = extent;
  const rows = await spansOfTrace(query, process, /^[0-9a-f]{16}$/.test(spanId) ? spanId : "");
  const truncated = rows.length > mostTraceSpans;
  const all = spanColumns(rows, start, truncated);
  const spans = treeSpans(all);
  const asked = spans.findIndex((span) => span.id === spanId && span.process === process);
  const above = asked < 0 ? [] : callersOf(spans, asked);
  const root = outermost ? ([...above, asked].find((at) => isEntry(all.kind[at])) ?? above[0] ?? asked) : asked;
  const tree = asked < 0 ? [] : requestTree(spans, root);
  const callers = root < 0 ? [] : callersOf(spans, root);
  const shown = pickedColumns(all, tree);
  const stretches = criticalPath(
    tree.map(({ parent }, row) => ({
      parent,
      startNs: shown.startNs[row] ?? 0,
      endNs: shown.endNs[row] ?? NaN,
    })),
    Math.max(Number(extent.end - start), shown.startNs[0] ?? 0),
  );
  const numbers = numbersOf(rows, tree);
  const places = new Map(numbers.map((number, row) => [spanKey(number), row]));
  const since = tree.reduce((least, { at }) => Math.min(least, all.startNs[at] ?? 0), Infinity);
  const sinceNs = start + BigInt(Number.isFinite(since) ? Math.floor(since) : 0);
  const logs = await logsOfSpans(query, start, numbers, sinceNs);
  const writes = await writesOfSpans(query, start, numbers, sinceNs);
  const rowsOfSpans = (keys: readonly string[]) => Uint32Array.from(keys, (key) => places.get(key) ?? 0);
  const askedRow = tree.findIndex(({ at }) => at === asked);
  return {
    asked: askedRow < 0 ? undefined : askedRow,
    truncated,
    spans: shown,
    depth: Uint16Array.from(tree, ({ depth }) => Math.min(depth, 0xffff)),
    parent: Float64Array.from(tree, ({ parent }) => parent ?? NaN),
    movedNs: Float64Array.from(tree, ({ movedNs }) => movedNs),
    callers: callers.map((at) => ({
      process: all.process[at] ?? 0,
      spanId: all.spanIds[at] ?? "",
      traceId: all.traceIds[at] ?? "",
      name: all.names[at] ?? "",
      kind: all.kind[at] ?? 0,
    })),
    others: Math.max(0, spans.length - tree.length - callers.length),
    criticalRow: Uint32Array.from(stretches, ({ row }) => row),
    criticalFromNs: Float64Array.from(stretches, ({ fromNs }) => fromNs),
    criticalToNs: Float64Array.from(stretches, ({ toNs }) => toNs),
    logs: logs.logs,
    logSpan: rowsOfSpans(logs.spans),
    writesTotal: writes.total,
    writes: { ...writes.writes, span: rowsOfSpans(writes.spans) },
  };
}

const treeSpans = (all: SpanColumns): readonly TreeSpan[] =>
  all.spanIds.map((id, at) => ({
    id,
    parentId: all.parentSpanIds[at] ?? "",
    process: all.process[at] ?? 0,
    startNs: all.startNs[at] ?? 0,
    endNs: all.endNs[at] ?? NaN,
    isClient: all.kind[at] === kind("client"),
  }));

/** Those of the tree, in its order, at the times they are shown at. */
function pickedColumns(all: SpanColumns, tree: readonly TreeRow[]): SpanColumns {
  const texts = (column: readonly string[]): string[] => tree.map(({ at }) => column[at] ?? "");
  return {
    truncated: all.truncated,
    process: Uint16Array.from(tree, ({ at }) => all.process[at] ?? 0),
    startNs: Float64Array.from(tree, ({ at, movedNs }) => (all.startNs[at] ?? 0) + movedNs),
    endNs: Float64Array.from(tree, ({ at, movedNs }) => (all.endNs[at] ?? NaN) + movedNs),
    lane: Uint16Array.from(tree, ({ at }) => all.lane[at] ?? 0),
    kind: Uint8Array.from(tree, ({ at }) => all.kind[at] ?? 0),
    status: Uint8Array.from(tree, ({ at }) => all.status[at] ?? 0),
    names: texts(all.names),
    spanIds: texts(all.spanIds),
    traceIds: texts(all.traceIds),
    parentSpanIds: texts(all.parentSpanIds),
    attributes: texts(all.attributes),
  };
}

function numbersOf(rows: Rows, tree: readonly TreeRow[]): { readonly process: number; readonly span: number }[] {
  const [processes, spans] = [rows.numbers("process"), rows.numbers("span")];
  return tree.map(({ at }) => ({ process: processes[at] ?? 0, span: spans[at] ?? 0 }));
}
