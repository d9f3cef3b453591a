// Which stretch of time to ask spans for: the view and as much again on both sides, so that small pans need nothing.
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";
import { type NsRange, spanOf } from "../../state/time-scale.js";
import { countOf } from "./span-order.js";

export interface FetchedSpans {
  readonly range: NsRange;
  /** The shortest are merged or left out; a closer look brings them. */
  readonly isReduced: boolean;
}

const marginViews = 1;
/** With spans merged, what was fetched for a view this many times as long is asked for again. */
const staleZoom = 2;

/** Whole nanoseconds, and never before the recording's start. */
export function windowAround(view: NsRange): NsRange {
  const margin = spanOf(view) * marginViews;
  return { fromNs: Math.max(0, Math.floor(view.fromNs - margin)), toNs: Math.max(1, Math.ceil(view.toNs + margin)) };
}

export function needsFetch(view: NsRange, fetched: FetchedSpans | undefined): boolean {
  if (fetched === undefined) return true;
  const { range, isReduced } = fetched;
  return !isCovered(view, range) || (isReduced && spanOf(range) > spanOf(windowAround(view)) * staleZoom);
}

const isCovered = (view: NsRange, range: NsRange): boolean =>
  range.fromNs <= Math.max(0, view.fromNs) && range.toNs >= view.toNs;

/** Spans that overlap a view; an open one reaches to the end of time. A row of several counts as that many. */
export function countInView(spans: Pick<SpanColumns, "startNs" | "endNs" | "counts">, view: NsRange): number {
  return spans.startNs.reduce((sum, start, i) => {
    const end = spans.endNs[i] ?? NaN;
    return start <= view.toNs && !(end < view.fromNs) ? sum + countOf(spans, i) : sum;
  }, 0);
}

/** Of these indices, the ones that overlap a view: in the order of their start, or as they stand in the columns. */
export function spansInView(
  { startNs, endNs }: Pick<SpanColumns, "startNs" | "endNs">,
  indices: Uint32Array,
  view: NsRange,
  asTheyStand = false,
): Uint32Array {
  const inView = indices.filter((i) => (startNs[i] ?? NaN) <= view.toNs && !((endNs[i] ?? NaN) < view.fromNs));
  if (asTheyStand) return inView.sort();
  return inView.sort((a, b) => (startNs[a] ?? 0) - (startNs[b] ?? 0) || a - b);
}

/** How many of what was fetched for `range` overlap a view; undefined when it has none there, but does not reach over the whole view. */
export function knownInView(fetched: SpansOfRange, view: NsRange): number | undefined {
  const count = countInView(fetched.spans, view);
  return count === 0 && !isCovered(view, fetched.range) ? undefined : count;
}

interface SpansOfRange {
  readonly range: NsRange;
  readonly spans: Parameters<typeof countInView>[0];
}

const spansAtFirst = 20;
/** A recording opens at its end, where programs do little but end. */
const spansOfSaved = 60;
const shortestFirstNs = 50e6;
/** While a program runs: what it does arrives within some tenths of a second, and would else arrive out of sight. */
const shortestLiveNs = 2e9;
const longestFirstNs = 10e9;

/** How much the pane shows at first: few enough spans that the longer ones have room for their names, at the recording's average rate. */
export function firstSpanNs(durationNs: number, spans: number, isLive: boolean): number {
  const wanted = (durationNs / Math.max(spans, 1)) * (isLive ? spansAtFirst : spansOfSaved);
  return Math.min(Math.max(wanted, isLive ? shortestLiveNs : shortestFirstNs), longestFirstNs);
}
