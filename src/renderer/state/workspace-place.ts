// Between an open recording and the place that is kept of it.
import type { OpenRecording } from "./open-recording.svelte.js";
import type { KeptPlace } from "./place.js";
import type { Playhead } from "./playhead.svelte.js";
import type { Ranges } from "./ranges.svelte.js";
import { noFilters } from "./filter-place.js";
import type { Selection } from "./selection.svelte.js";
import { firstCallsPlace } from "./calls-place.js";
import { firstStatePlace } from "./state-place.js";
import type { Watches } from "./watches.svelte.js";

interface Placed {
  readonly recording: OpenRecording;
  readonly playhead: Playhead;
  readonly ranges: Ranges;
  readonly selection: Selection;
  readonly watches: Watches;
}

export function placeOf({ recording, playhead, ranges, selection, watches }: Placed): KeptPlace {
  const kept = {
    path: recording.summary.path,
    isWhole: true,
    views: ranges.kept,
    value: selection.value,
    range: selection.range,
    span: selection.span,
    filters: {
      only: selection.service.only,
      logs: selection.logs.chosen,
      events: selection.events.chosen,
      spans: selection.spans.chosen,
      requests: selection.requests.chosen,
    },
    metrics: selection.metrics,
    lanes: selection.lanes,
    request: selection.request,
    correlation: selection.correlation,
    state: selection.state,
    calls: selection.calls,
    source: selection.source,
    watches: watches.all,
  };
  if (playhead.followsLive) return { ...kept, instant: undefined, record: undefined };
  return { ...kept, instant: playhead.instant, record: playhead.position };
}

/** The playhead first: views follow it, and then come to where they were. */
export function takeUp({ recording, playhead, ranges, selection, watches }: Placed, place: KeptPlace): void {
  const { instant, record, views, value, request, correlation } = place;
  if (instant !== undefined && record !== undefined) playhead.moveToPosition({ ...record, instant });
  else if (instant !== undefined) playhead.moveTo(recording.offsetFromInstant(instant));
  ranges.restore(views);
  const isWhole = place.isWhole === true;
  if (value !== undefined) selection.selectValue(value);
  else if (isWhole) selection.clearValue();
  if (request !== undefined || isWhole) selection.showRequest(request);
  if (correlation !== undefined || isWhole) selection.showCorrelation(correlation);
  if (place.watches !== undefined) watches.show(place.watches);
  if (isWhole) takeUpWhole(selection, place, recording.durationNs);
}

function takeUpWhole(selection: Selection, place: KeptPlace, durationNs: number): void {
  const { range, span, filters = noFilters, metrics, lanes } = place;
  if (range === undefined) selection.clearRange();
  else selection.selectRange(Math.min(range.fromNs, durationNs), Math.min(range.toNs, durationNs));
  if (span === undefined) selection.clearSpan();
  else selection.selectSpan(span);
  selection.logs.choose(filters.logs);
  selection.events.choose(filters.events);
  selection.spans.choose(filters.spans);
  selection.requests.choose(filters.requests);
  if (filters.only === undefined) selection.service.clear();
  else selection.service.show(filters.only);
  if (metrics !== undefined) selection.showMetrics(metrics);
  selection.showState(place.state ?? firstStatePlace);
  if (lanes !== undefined) selection.showLanes(lanes);
  selection.showCalls(place.calls ?? firstCallsPlace);
  selection.showSource(place.source);
}
