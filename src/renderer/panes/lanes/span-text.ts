// Words for spans: labels that fit their bar, durations, the lines of a tooltip and what a screen reader is told.
import { spanKinds, spanStatuses } from "../../../shared/trace/attributes.js";
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";
import { durationText, percentText } from "../../state/text.js";
import { type Attribute, attributesFromJson } from "../../widgets/attributes.js";

export type MeasureText = (text: string) => number;

const ellipsis = "…";

/** The longest beginning of a label that fits, with an ellipsis where something was left out. */
export function clipLabel(label: string, roomPx: number, measure: MeasureText): string {
  if (measure(label) <= roomPx) return label;
  let fits = 0;
  let tooLong = label.length;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (measure(label.slice(0, middle) + ellipsis) <= roomPx) fits = middle;
    else tooLong = middle;
  }
  return fits === 0 ? "" : label.slice(0, fits).trimEnd() + ellipsis;
}

/** Remembers widths: the same few names are drawn on every frame. */
export function rememberWidths(measure: MeasureText, most = 5000): MeasureText {
  const widths = new Map<string, number>();
  return (text) => {
    const known = widths.get(text);
    if (known !== undefined) return known;
    if (widths.size >= most) widths.clear();
    const width = measure(text);
    widths.set(text, width);
    return width;
  };
}

export interface SpanFacts {
  readonly name: string;
  readonly process: number;
  readonly kind: string;
  readonly status: string;
  /** As it was recorded: what it can be filtered by. */
  readonly recordedStatus: string;
  readonly isError: boolean;
  readonly isOpen: boolean;
  readonly startNs: number;
  /** Until now where the span is open. */
  readonly durationNs: number;
  readonly spanId: string;
  readonly traceId: string;
  readonly parentSpanId: string;
  readonly attributes: readonly Attribute[];
}

export function factsOfSpan(spans: SpanColumns, index: number, openUntilNs: number): SpanFacts {
  const startNs = spans.startNs[index] ?? 0;
  const endNs = spans.endNs[index] ?? NaN;
  const status = spanStatuses[spans.status[index] ?? 0] ?? "unset";
  const isOpen = Number.isNaN(endNs);
  return {
    name: spans.names[index] ?? "",
    process: spans.process[index] ?? 0,
    kind: spanKinds[spans.kind[index] ?? 0] ?? "internal",
    status: status === "unset" ? (isOpen ? "running" : "ended") : status,
    recordedStatus: status,
    isError: status === "error",
    isOpen,
    startNs,
    durationNs: Math.max((isOpen ? openUntilNs : endNs) - startNs, 0),
    spanId: spans.spanIds[index] ?? "",
    traceId: spans.traceIds[index] ?? "",
    parentSpanId: spans.parentSpanIds[index] ?? "",
    attributes: attributesFromJson(spans.attributes[index] ?? ""),
  };
}

/** The attribute that says why a span failed, by the semantic conventions for exceptions and errors. */
export function reasonOf(facts: SpanFacts): string | undefined {
  if (!facts.isError) return undefined;
  for (const key of [
    "exception.message",
    "error.message",
    "exception.type",
    "error.type",
    "http.response.status_code",
  ]) {
    const found = facts.attributes.find((attribute) => attribute.key === key);
    if (found !== undefined) return found.value;
  }
  return undefined;
}

/** Of a span's time what was its own; undefined where that is not known. */
export function ownText(ownNs: number | undefined, durationNs: number): string | undefined {
  if (ownNs === undefined || !(durationNs > 0)) return undefined;
  const own = Math.min(ownNs, durationNs);
  return `self ${durationText(own)} (${percentText(own / durationNs)})`;
}

/** The selected span as a screen reader says it. */
export function describeSpan(facts: SpanFacts, serviceName: string, ownNs?: number): string {
  const reason = reasonOf(facts);
  const outcome = facts.isError ? `failed${reason === undefined ? "" : `: ${reason}`}` : facts.status;
  const own = ownText(ownNs, facts.durationNs);
  return `${facts.name}, ${serviceName}, ${durationText(facts.durationNs)}${own === undefined ? "" : `, ${own}`}, ${outcome}`;
}
