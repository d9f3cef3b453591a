// Which stretch of time to ask spans for: the view and as much again on both sides, so that small pans need nothing.
import { type NsRange, spanOf } from "../../state/time-scale.js";

export interface FetchedSpans {
  readonly range: NsRange;
  /** The engine left out the shortest; a closer look brings them. */
  readonly truncated: boolean;
}

const marginViews = 1;
/** With spans left out, what was fetched for a view this many times as long is asked for again. */
const staleZoom = 2;

/** Whole nanoseconds, and never before the recording's start. */
export function windowAround(view: NsRange): NsRange {
  const margin = spanOf(view) * marginViews;
  return { fromNs: Math.max(0, Math.floor(view.fromNs - margin)), toNs: Math.max(1, Math.ceil(view.toNs + margin)) };
}

export function needsFetch(view: NsRange, fetched: FetchedSpans | undefined): boolean {
  if (fetched === undefined) return true;
  const { range, truncated } = fetched;
  const isCovered = range.fromNs <= Math.max(0, view.fromNs) && range.toNs >= view.toNs;
  return !isCovered || (truncated && spanOf(range) > spanOf(windowAround(view)) * staleZoom);
}

/** Spans that overlap a view; an open one reaches to the end of time. */
export function countInView(spans: { startNs: Float64Array; endNs: Float64Array }, view: NsRange): number {
  return spans.startNs.reduce((sum, start, i) => {
    const end = spans.endNs[i] ?? NaN;
    return start <= view.toNs && !(end < view.fromNs) ? sum + 1 : sum;
  }, 0);
}

const spansAtFirst = 20;
const shortestFirstNs = 50e6;
const longestFirstNs = 10e9;

/** How much the pane shows at first: few enough spans that the longer ones have room for their names, at the recording's average rate. */
export function firstSpanNs(durationNs: number, spans: number): number {
  const wanted = (durationNs / Math.max(spans, 1)) * spansAtFirst;
  return Math.min(Math.max(wanted, shortestFirstNs), longestFirstNs);
}
