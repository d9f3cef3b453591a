// Some spans of columns, in the order of the trees that they were put together to.
import { spanKinds } from "../shared/trace/attributes.js";
import type { TreeRow, TreeSpan } from "./requests/request-tree.js";
import type { SpanColumns } from "./store/spans.js";

export const clientKind = spanKinds.indexOf("client");

export const treeSpans = (all: SpanColumns): readonly TreeSpan[] =>
  all.spanIds.map((id, at) => ({
    id,
    parentId: all.parentSpanIds[at] ?? "",
    process: all.process[at] ?? 0,
    startNs: all.startNs[at] ?? 0,
    endNs: all.endNs[at] ?? NaN,
    isClient: all.kind[at] === clientKind,
  }));

/** Those of a tree, in its order, as they were told. */
export function pickedColumns(all: SpanColumns, tree: readonly TreeRow[]): SpanColumns {
  const texts = (column: readonly string[]): string[] => tree.map(({ at }) => column[at] ?? "");
  return {
    truncated: all.truncated,
    process: Uint16Array.from(tree, ({ at }) => all.process[at] ?? 0),
    startNs: Float64Array.from(tree, ({ at }) => all.startNs[at] ?? 0),
    endNs: Float64Array.from(tree, ({ at }) => all.endNs[at] ?? NaN),
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

/** At the times they are shown at below what caused them. */
export const movedColumns = (told: SpanColumns, tree: readonly TreeRow[]): SpanColumns => ({
  ...told,
  startNs: told.startNs.map((ns, row) => ns + (tree[row]?.movedNs ?? 0)),
  endNs: told.endNs.map((ns, row) => ns + (tree[row]?.movedNs ?? 0)),
});
