// What the address keeps so that a reload comes back to the same place: the recording, the playhead, what is selected and filtered
// by, and what the panes show of it.
// It stands in the hash (never sent to a server); `?open=PATH` is how a host says what to show first.
import { unreachable } from "../../shared/base/unreachable.js";
import { type CorrelationPlace, correlationPlaceFrom, keepCorrelationPlace } from "./correlation-place.js";
import { type FilterPlace, filtersFrom, keepFilters } from "./filter-place.js";
import { type LanesPlace, keepLanes, lanesFrom } from "./lanes-place.js";
import { type MetricsPlace, keepMetrics, metricsFrom } from "./metrics-place.js";
import { type CallsPlace, callsPlaceFrom, keepCallsPlace } from "./calls-place.js";
import { type RequestPlace, keepRequestPlace, requestPlaceFrom } from "./request-place.js";
import { keptInLink } from "../../shared/protocol/links.js";
import { type SourcePlace, keepSourcePlace, sourcePlaceFrom } from "./source-place.js";
import { type StatePlace, keepStatePlace, statePlaceFrom } from "./state-place.js";
import type { SelectedSpan, SelectedValue } from "./selection.svelte.js";
import type { KeptView } from "./time-range.svelte.js";
import type { NsRange } from "./time-scale.js";
import { textOfWatched, watchedFromTexts } from "./watches.svelte.js";

export interface KeptPlace {
  readonly path: string;
  /** Nanoseconds since the epoch; absent = the end of a saved recording, or following a live one. */
  readonly instant: bigint | undefined;
  /** The record the playhead stood right after, when it was stepped there: several may share the instant. */
  readonly record: { readonly process: number; readonly seq: number } | undefined;
  /** By pane; a pane that is not named shows what it shows at first. */
  readonly views: ReadonlyMap<string, KeptView>;
  readonly value: SelectedValue | undefined;
  /** It says everything: what it does not name is not selected, filtered by or shown. Else it leaves that as it is. */
  readonly isWhole?: boolean | undefined;
  /** The selected stretch, as offsets from the start. */
  readonly range?: NsRange | undefined;
  readonly span?: SelectedSpan | undefined;
  readonly filters?: FilterPlace | undefined;
  readonly metrics?: MetricsPlace | undefined;
  readonly lanes?: LanesPlace | undefined;
  /** What Requests shows. */
  readonly request?: RequestPlace | undefined;
  readonly correlation?: CorrelationPlace | undefined;
  /** What State shows of the chosen scope; undefined = its whole tree. */
  readonly state?: StatePlace | undefined;
  /** What Calls and Source show; undefined = what they show at first. */
  readonly calls?: CallsPlace | undefined;
  readonly source?: SourcePlace | undefined;
  /** Undefined where the address does not say: what was watched of the recording before. */
  readonly watches?: readonly SelectedValue[] | undefined;
}

const viewKey = "view-";

/** Raised when a key comes to mean something else. Of an address of a newer version only what has always been there is read. */
const version = 2;

export function placeFromAddress(hash: string, search: string): KeptPlace | undefined {
  const kept = new URLSearchParams(hash.replace(/^#/, ""));
  const path = kept.get("file");
  if (path !== null && path !== "") {
    const instant = instantFromText(kept.get("at"));
    const written = Number(kept.get("v") ?? "1");
    if (!(written <= version)) return { path, instant, record: undefined, views: new Map(), value: undefined };
    return { path, instant, ...placeWithin(kept), ...(written < version ? {} : wholeOf(kept)) };
  }
  const wanted = new URLSearchParams(search).get("open");
  if (wanted === null || wanted === "") return undefined;
  const linked = placeFromLink(wanted);
  if (linked !== undefined) return linked;
  return { path: wanted, instant: undefined, record: undefined, views: new Map(), value: undefined };
}

/** What has stood in addresses of every version. */
const placeWithin = (kept: URLSearchParams) => ({
  record: recordFromText(kept.get("record")),
  views: viewsFrom(kept),
  value: valueFromTexts(kept.get("scope"), kept.get("value")),
  request: requestPlaceFrom(kept),
  correlation: correlationPlaceFrom(kept),
  watches: kept.has("watch") ? watchedFromTexts(kept.getAll("watch")) : undefined,
});

const wholeOf = (kept: URLSearchParams) => ({
  isWhole: true,
  range: rangeFromText(kept.get("stretch")),
  span: spanFromText(kept.get("span")),
  filters: filtersFrom(kept),
  metrics: metricsFrom(kept),
  state: statePlaceFrom(kept),
  lanes: lanesFrom(kept),
  calls: callsPlaceFrom(kept),
  source: sourcePlaceFrom(kept),
});

/** Of a `hindcast://open?…` link; undefined for anything else. */
export function placeFromLink(text: string): KeptPlace | undefined {
  const kept = keptInLink(text);
  return kept === undefined ? undefined : placeFromAddress(`#${kept}`, "");
}

export function hashFromPlace(place: KeptPlace | undefined): string {
  if (place === undefined) return "";
  const kept = new URLSearchParams({ file: place.path });
  if (place.isWhole === true) kept.set("v", String(version));
  if (place.instant !== undefined) kept.set("at", String(place.instant));
  if (place.record !== undefined) kept.set("record", `${place.record.process}.${place.record.seq}`);
  if (place.value !== undefined) {
    kept.set("scope", `${place.value.process}.${place.value.scope}`);
    kept.set("value", place.value.path);
  }
  const { range, span } = place;
  if (range !== undefined) kept.set("stretch", `${Math.round(range.fromNs)}_${Math.round(range.toNs)}`);
  if (span !== undefined) kept.set("span", `${span.process}.${span.spanId}.${span.traceId}`);
  if (place.filters !== undefined) keepFilters(kept, place.filters);
  keepMetrics(kept, place.metrics);
  keepLanes(kept, place.lanes);
  keepRequestPlace(kept, place.request);
  keepCorrelationPlace(kept, place.correlation);
  keepStatePlace(kept, place.state);
  if (place.calls !== undefined) keepCallsPlace(kept, place.calls);
  keepSourcePlace(kept, place.source);
  for (const value of place.watches ?? []) kept.append("watch", textOfWatched(value));
  for (const [pane, view] of place.views) kept.set(`${viewKey}${pane}`, textFromView(view));
  return `#${kept.toString()}`;
}

const instantFromText = (text: string | null): bigint | undefined =>
  text !== null && /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;

function recordFromText(text: string | null): KeptPlace["record"] {
  const [, process, seq] = /^(\d{1,6})\.(\d{1,15})$/.exec(text ?? "") ?? [];
  return process === undefined || seq === undefined ? undefined : { process: Number(process), seq: Number(seq) };
}

function rangeFromText(text: string | null): NsRange | undefined {
  const [, from, to] = /^(\d{1,18})_(\d{1,18})$/.exec(text ?? "") ?? [];
  if (from === undefined || to === undefined) return undefined;
  return Number(from) > Number(to) ? undefined : { fromNs: Number(from), toNs: Number(to) };
}

function spanFromText(text: string | null): SelectedSpan | undefined {
  const [, process, spanId, traceId] = /^(\d{1,6})\.([0-9a-f]{16})\.((?:[0-9a-f]{32})?)$/.exec(text ?? "") ?? [];
  if (process === undefined || spanId === undefined || traceId === undefined) return undefined;
  return { process: Number(process), spanId, traceId };
}

function valueFromTexts(scopeText: string | null, path: string | null): SelectedValue | undefined {
  const [, process, scope] = /^(\d{1,6})\.(.*)$/s.exec(scopeText ?? "") ?? [];
  return process === undefined || scope === undefined
    ? undefined
    : { process: Number(process), scope, path: path ?? "" };
}

function viewsFrom(kept: URLSearchParams): ReadonlyMap<string, KeptView> {
  const views = new Map<string, KeptView>();
  for (const [key, text] of kept) {
    const view = key.startsWith(viewKey) ? viewFromText(text) : undefined;
    if (view !== undefined) views.set(key.slice(viewKey.length), view);
  }
  return views;
}

/** `all`, `5000` for so many nanoseconds around the playhead, `-200_4800` for these; offsets from the start. */
function viewFromText(text: string): KeptView | undefined {
  if (text === "all") return { kind: "all" };
  const [, first = "", second] = /^(-?\d{1,18})(?:_(-?\d{1,18}))?$/.exec(text) ?? [];
  const [fromNs, toNs] = [Number(first), Number(second)];
  if (second === undefined) return fromNs > 0 ? { kind: "span", spanNs: fromNs } : undefined;
  return toNs > fromNs ? { kind: "range", fromNs, toNs } : undefined;
}

function textFromView(view: KeptView): string {
  switch (view.kind) {
    case "all":
      return "all";
    case "span":
      return String(Math.round(view.spanNs));
    case "range":
      return `${Math.round(view.fromNs)}_${Math.round(view.toNs)}`;
    default:
      return unreachable(view);
  }
}
