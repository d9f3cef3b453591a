// The bars to draw for one view, as columns. Bars thinner than two pixels that follow each other on a row are
// merged into one: what cannot be told apart is drawn once, so drawing costs at most pixels times rows.
import { spanStatuses } from "../../../shared/trace/attributes.js";
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";
import { barHeightPx } from "./lane-layout.js";
import { type SpanOrder, countOf } from "./span-order.js";

/** A window of time on so many pixels; times are nanoseconds since the recording's start. */
export interface PlotView {
  readonly fromNs: number;
  readonly toNs: number;
  readonly widthPx: number;
}

/** Where spans lie and how far an open one runs. */
export interface PlacedSpans {
  readonly spans: SpanColumns;
  readonly order: SpanOrder;
  readonly topsPx: Float32Array;
  /** The last instant anything is known of; spans that have not ended run up to it. */
  readonly openUntilNs: number;
  /** The span of another process that each span was called by; -1 = none, or not here. */
  readonly callers: Int32Array;
  /** By span, where whole traces are here: how long it did something itself (NaN: not known), and how its process's clock differs. */
  readonly ownNs?: Float64Array | undefined;
  readonly movedNs?: Float64Array | undefined;
}

/** One drawable bar per index: pixels from the plot's left edge and the content's top, and the span it stands for. */
export interface BarColumns {
  readonly count: number;
  readonly startsPx: Float32Array;
  readonly endsPx: Float32Array;
  readonly topsPx: Float32Array;
  /** The first span of a merged bar. */
  readonly spans: Uint32Array;
  /** How many spans the bar stands for: 1 unless merged. */
  readonly merged: Uint32Array;
  /** 1 where any of those spans failed: a merged bar never hides an error. */
  readonly failed: Uint8Array;
}

export const errorStatus = spanStatuses.indexOf("error");
const thinPx = 2;
/** Merged bars end here at the latest, so that a row of thin bars still has a texture. */
const mergedWidthPx = 3;

export function barsInView(placed: PlacedSpans, view: PlotView): BarColumns {
  const { order, spans } = placed;
  const capacity = order.indices.length;
  const bars = {
    startsPx: new Float32Array(capacity),
    endsPx: new Float32Array(capacity),
    topsPx: new Float32Array(capacity),
    spans: new Uint32Array(capacity),
    merged: new Uint32Array(capacity),
    failed: new Uint8Array(capacity),
  };
  const pxPerNs = view.widthPx / (view.toNs - view.fromNs);
  let count = 0;
  let openRow = -1; // the row of the merged bar still growing, or -1
  for (let i = 0; i < capacity; i++) {
    const index = order.indices[i] ?? 0;
    const startNs = spans.startNs[index] ?? 0;
    const startPx = (startNs - view.fromNs) * pxPerNs;
    const endPx = (endOf(placed, index) - view.fromNs) * pxPerNs;
    if (endPx < 0 || startPx > view.widthPx) continue;
    const row = order.rows[i] ?? 0;
    const isThin = endPx - startPx < thinPx;
    const last = count - 1;
    const hasFailed = spans.status[index] === errorStatus ? 1 : 0;
    if (isThin && row === openRow && endPx - (bars.startsPx[last] ?? 0) <= mergedWidthPx) {
      bars.endsPx[last] = Math.max(bars.endsPx[last] ?? 0, endPx);
      bars.merged[last] = (bars.merged[last] ?? 0) + countOf(spans, index);
      bars.failed[last] = (bars.failed[last] ?? 0) | hasFailed;
      continue;
    }
    bars.startsPx[count] = startPx;
    bars.endsPx[count] = Math.max(endPx, startPx + thinPx);
    bars.topsPx[count] = placed.topsPx[index] ?? 0;
    bars.spans[count] = index;
    bars.merged[count] = countOf(spans, index);
    bars.failed[count] = hasFailed;
    count++;
    openRow = isThin ? row : -1;
  }
  return { count, ...bars };
}

export interface BarPlace {
  readonly startPx: number;
  readonly endPx: number;
  readonly topPx: number;
}

/** Where one span lies, also when its bar was merged with others or is out of view. */
export function placeOfSpan(placed: PlacedSpans, view: PlotView, index: number): BarPlace {
  const pxPerNs = view.widthPx / (view.toNs - view.fromNs);
  const startPx = ((placed.spans.startNs[index] ?? 0) - view.fromNs) * pxPerNs;
  const endPx = (endOf(placed, index) - view.fromNs) * pxPerNs;
  return { startPx, endPx: Math.max(endPx, startPx + thinPx), topPx: placed.topsPx[index] ?? 0 };
}

/** Undefined where it is not known here. */
export function ownOfSpan({ ownNs }: Pick<PlacedSpans, "ownNs">, index: number): number | undefined {
  const own = ownNs?.[index] ?? NaN;
  return Number.isNaN(own) ? undefined : own;
}

export function endOf(placed: PlacedSpans, index: number): number {
  const end = placed.spans.endNs[index] ?? NaN;
  return Number.isNaN(end) ? Math.max(placed.openUntilNs, placed.spans.startNs[index] ?? 0) : end;
}

/** The bar under a point of the content; thin bars can be hit from two pixels beside them. */
export function barAt(bars: BarColumns, xPx: number, yPx: number): number | undefined {
  let nearest: number | undefined;
  let nearestPx = 3;
  for (let bar = 0; bar < bars.count; bar++) {
    const top = bars.topsPx[bar] ?? 0;
    if (yPx < top || yPx >= top + barHeightPx) continue;
    const beside = Math.max((bars.startsPx[bar] ?? 0) - xPx, xPx - (bars.endsPx[bar] ?? 0), 0);
    if (beside < nearestPx) {
      nearestPx = beside;
      nearest = bar;
    }
  }
  return nearest;
}
