// What the person picked: a stretch of time, a value of captured state, a span, and what lists are filtered by. Shared by all panes.
import { type CallsPlace, type CallsOf, firstCallsPlace } from "./calls-place.js";
import type { CorrelationPlace } from "./correlation-place.js";
import type { LanesPlace } from "./lanes-place.js";
import type { MetricsPlace } from "./metrics-place.js";
import { RequestFiltering } from "./request-filter.svelte.js";
import type { RequestPlace } from "./request-place.js";
import { RowFiltering } from "./row-filter.svelte.js";
import { ServiceFilter } from "./service-filter.svelte.js";
import type { SourcePlace } from "./source-place.js";
import { SpanFiltering } from "./span-filter.svelte.js";
import { type StatePlace, firstStatePlace } from "./state-place.js";
import type { NsRange } from "./time-scale.js";

export interface SelectedValue {
  readonly process: number;
  readonly scope: string;
  /** Path from the scope's root; "" is the scope itself. */
  readonly path: string;
}

export interface SelectedSpan {
  readonly process: number;
  readonly spanId: string;
  readonly traceId: string;
}

/** The log line the keyboard stands on; `spanId` is "" where it belongs to no span. */
export interface StoodOnLine extends SelectedSpan {
  readonly seq: number;
  readonly instant: bigint;
}

export class Selection {
  /** The one service that Lanes, Logs, Events and Requests show. */
  readonly service = new ServiceFilter();
  readonly logs = new RowFiltering(this.service);
  readonly events = new RowFiltering(this.service);
  readonly spans = new SpanFiltering(this.service);
  readonly requests = new RequestFiltering();
  #range = $state.raw<NsRange>();
  #value = $state.raw<SelectedValue>();
  #span = $state.raw<SelectedSpan>();
  #logLine = $state.raw<StoodOnLine>();
  #request = $state.raw<RequestPlace>();
  #correlation = $state.raw<CorrelationPlace>();
  #metrics = $state.raw<MetricsPlace>();
  #state = $state.raw(firstStatePlace);
  #lanes = $state.raw<LanesPlace>();
  #comparisons = $state(0);
  #valuesShown = $state(0);
  #askedSeries = $state.raw<number>();
  #askedRule = $state.raw<string>();
  #calls = $state.raw(firstCallsPlace);
  #callsAsked = $state(0);
  #source = $state.raw<SourcePlace>();
  #sourcesAsked = $state(0);

  get range(): NsRange | undefined {
    return this.#range;
  }

  get value(): SelectedValue | undefined {
    return this.#value;
  }

  get span(): SelectedSpan | undefined {
    return this.#span;
  }

  get logLine(): StoodOnLine | undefined {
    return this.#logLine;
  }

  /** What Requests shows; undefined = all routes. */
  get request(): RequestPlace | undefined {
    return this.#request;
  }

  /** What Correlation shows; undefined = what it shows at first. */
  get correlation(): CorrelationPlace | undefined {
    return this.#correlation;
  }

  /** Which series Metrics shows; undefined = nobody has chosen, here or before. */
  get metrics(): MetricsPlace | undefined {
    return this.#metrics;
  }

  showMetrics(place: MetricsPlace): void {
    this.#metrics = place;
  }

  /** By somebody else than Metrics, which then has a row of it. */
  askForSeries(series: number): void {
    this.#askedSeries = series;
  }

  /** Undefined as soon as Metrics has a row of it. */
  get askedSeries(): number | undefined {
    return this.#askedSeries;
  }

  seriesIsShown(): void {
    this.#askedSeries = undefined;
  }

  /** Of what was selected, for Rules to write down. */
  askForRule(text: string): void {
    this.#askedRule = text;
  }

  /** Undefined as soon as Rules has written it. */
  get askedRule(): string | undefined {
    return this.#askedRule;
  }

  ruleIsWritten(): void {
    this.#askedRule = undefined;
  }

  /** What Calls shows. */
  get calls(): CallsPlace {
    return this.#calls;
  }

  showCalls(place: Partial<CallsPlace>): void {
    this.#calls = { ...this.#calls, ...place };
  }

  /** All that a span has caused, by somebody else than Calls. */
  openCallsOf(of: CallsOf): void {
    this.#calls = { question: "tree", scope: "span", of };
    this.#callsAsked += 1;
  }

  /** How often a pane asked for Calls to be shown. */
  get callsAsked(): number {
    return this.#callsAsked;
  }

  /** What Source shows; undefined = the list of all files. */
  get source(): SourcePlace | undefined {
    return this.#source;
  }

  /** For Source where it is seen anyway. */
  showSource(place: SourcePlace | undefined): void {
    this.#source = place;
  }

  /** By somebody who wants to see it. */
  openSource(place: SourcePlace): void {
    this.#source = place;
    this.#sourcesAsked += 1;
  }

  /** How often a pane asked for Source to be shown. */
  get sourcesAsked(): number {
    return this.#sourcesAsked;
  }

  /** What State shows of the chosen scope. */
  get state(): StatePlace {
    return this.#state;
  }

  showState(place: Partial<StatePlace>): void {
    this.#state = { ...this.#state, ...place };
  }

  /** How Lanes shows spans; undefined = nobody has chosen, here or before. */
  get lanes(): LanesPlace | undefined {
    return this.#lanes;
  }

  showLanes(place: LanesPlace): void {
    this.#lanes = place;
  }

  selectRange(oneNs: number, otherNs: number): void {
    this.#range = { fromNs: Math.min(oneNs, otherNs), toNs: Math.max(oneNs, otherNs) };
  }

  /** `i`: the selection starts here and keeps its end if that is later. */
  startRangeAt(ns: number, durationNs: number): void {
    const end = this.#range !== undefined && this.#range.toNs > ns ? this.#range.toNs : durationNs;
    this.#range = { fromNs: ns, toNs: end };
  }

  /** `o`: the selection ends here and keeps its start if that is earlier; else it begins with what is kept. */
  endRangeAt(ns: number, keptFromNs: number): void {
    const start = this.#range !== undefined && this.#range.fromNs < ns ? this.#range.fromNs : Math.min(keptFromNs, ns);
    this.#range = { fromNs: start, toNs: ns };
  }

  clearRange(): void {
    this.#range = undefined;
  }

  selectValue(value: SelectedValue): void {
    this.#value = value;
  }

  /** Selected by somebody else than State, which then shows where it is. */
  showValue(value: SelectedValue): void {
    this.#value = value;
    this.#valuesShown += 1;
  }

  /** How often State was asked to show a value. */
  get valuesShown(): number {
    return this.#valuesShown;
  }

  clearValue(): void {
    this.#value = undefined;
  }

  selectSpan({ process, spanId, traceId }: SelectedSpan): void {
    this.#span = { process, spanId, traceId };
  }

  clearSpan(): void {
    this.#span = undefined;
  }

  standOnLine(line: StoodOnLine | undefined): void {
    this.#logLine = line;
  }

  /** How often a pane asked for Correlation to be shown. */
  get comparisons(): number {
    return this.#comparisons;
  }

  /** What goes with a metric: for panes that show it. */
  compareSeries(series: number): void {
    this.#correlation = { ...this.#correlation, question: "series", series };
    this.#comparisons += 1;
  }

  showCorrelation(place: CorrelationPlace | undefined): void {
    this.#correlation = place;
  }

  showRequest(place: RequestPlace | undefined): void {
    this.#request = place;
  }

  /** The whole request that a span is a part of. */
  openRequestOf({ process, spanId }: Pick<SelectedSpan, "process" | "spanId">): void {
    this.#request = { kind: "one", process, spanId, outermost: true };
  }
}
