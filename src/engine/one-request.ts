// One request with everything below it: the store gives what was recorded of its trace, the pure part what it was made of.
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { spanKinds } from "../shared/trace/attributes.js";
import { criticalPath } from "./requests/critical-path.js";
import { movedColumns, pickedColumns, treeSpans } from "./picked-spans.js";
import { type TreeRow, callersOf, requestTree } from "./requests/request-tree.js";
import type { Query } from "./store/readers.js";
import type { Rows } from "./store/rows.js";
import { spanColumns } from "./store/spans.js";
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
  const shown = movedColumns(pickedColumns(all, tree), tree);
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

function numbersOf(rows: Rows, tree: readonly TreeRow[]): { readonly process: number; readonly span: number }[] {
  const [processes, spans] = [rows.numbers("process"), rows.numbers("span")];
  return tree.map(({ at }) => ({ process: processes[at] ?? 0, span: spans[at] ?? 0 }));
}
