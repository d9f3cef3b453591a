// Builds span columns for tests from lines such as "1/0 10-40 GET" (process/lane, start-end in ns, name);
// "10-" is open, a "!" before the name failed. Not used by the window.
import type { SpanColumns } from "../../../shared/protocol/engine-calls.js";
import { layOutLanes } from "./lane-layout.js";
import { type PlacedSpans, errorStatus } from "./bars.js";
import { orderSpans } from "./span-order.js";

export function spansOf(...lines: readonly string[]): SpanColumns {
  const parts = lines.map((line) => {
    const found = /^(\d+)\/(\d+) (\d+)-(\d*) (!?)(.*)$/.exec(line);
    if (found === null) throw new Error(`not a span: ${line}`);
    const [, process, lane, start, end, failed, name] = found;
    return { process, lane, start, end, failed, name: name ?? "" };
  });
  const numbers = (read: (part: (typeof parts)[number]) => string | undefined) =>
    parts.map((part) => Number(read(part)));
  return {
    truncated: false,
    process: Uint8Array.from(numbers((part) => part.process)),
    lane: Uint16Array.from(numbers((part) => part.lane)),
    startNs: Float64Array.from(numbers((part) => part.start)),
    endNs: Float64Array.from(parts, (part) => (part.end === "" ? NaN : Number(part.end))),
    kind: new Uint8Array(parts.length),
    status: Uint8Array.from(parts, (part) => (part.failed === "!" ? errorStatus : 0)),
    names: parts.map((part) => part.name),
    spanIds: parts.map((_, i) => `s${i}`),
    traceIds: parts.map(() => "t"),
    parentSpanIds: parts.map(() => ""),
    attributes: parts.map(() => "{}"),
  };
}

export function placedOf(openUntilNs: number, ...lines: readonly string[]): PlacedSpans {
  const spans = spansOf(...lines);
  const layout = layOutLanes(spans, [...new Set(spans.process)]);
  return { spans, order: orderSpans(spans, layout.topsPx), topsPx: layout.topsPx, openUntilNs };
}
