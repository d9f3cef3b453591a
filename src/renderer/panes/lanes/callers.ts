// Calls from one process into another: the parent of a span, where it belongs to another process.
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";

/** For every span the index of the span in another process that called it; -1 = none, or not among these. */
export function callersOf(spans: SpanColumns): Int32Array {
  const indexOf = new Map(spans.spanIds.map((spanId, index) => [spanId, index]));
  return Int32Array.from(spans.parentSpanIds, (parent, index) => {
    const caller = parent === "" ? undefined : indexOf.get(parent);
    return caller === undefined || spans.process[caller] === spans.process[index] ? -1 : caller;
  });
}
