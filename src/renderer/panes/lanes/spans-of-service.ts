// Of the spans that came, those of some processes.
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";

export function spansOfProcesses(spans: SpanColumns, isShown: (process: number) => boolean): SpanColumns {
  const rows = [...spans.process.keys()].filter((row) => isShown(spans.process[row] ?? 0));
  if (rows.length === spans.process.length) return spans;
  const of = <Value>(column: ArrayLike<Value>, none: Value): Value[] => rows.map((row) => column[row] ?? none);
  return {
    truncated: spans.truncated,
    ...(spans.counts === undefined ? {} : { counts: Uint32Array.from(of(spans.counts, 1)) }),
    process: Uint16Array.from(of(spans.process, 0)),
    startNs: Float64Array.from(of(spans.startNs, 0)),
    endNs: Float64Array.from(of(spans.endNs, NaN)),
    lane: Uint16Array.from(of(spans.lane, 0)),
    kind: Uint8Array.from(of(spans.kind, 0)),
    status: Uint8Array.from(of(spans.status, 0)),
    names: of(spans.names, ""),
    spanIds: of(spans.spanIds, ""),
    traceIds: of(spans.traceIds, ""),
    parentSpanIds: of(spans.parentSpanIds, ""),
    attributes: of(spans.attributes, ""),
  };
}
