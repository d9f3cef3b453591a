// What the Lanes pane knows: the spans around its view, where they lie, and which one the person stands on.
import { untrack } from "svelte";
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";
import { ok } from "../../../shared/base/result.js";
import type { Kept } from "../../state/kept-texts.js";
import type { Colouring, Grouping } from "../../state/lanes-place.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { startersLast } from "../../state/process-order.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import type { TimeRange } from "../../state/time-range.svelte.js";
import type { NsRange } from "../../state/time-scale.js";
import { type PlacedSpans, ownOfSpan } from "./bars.js";
import { callersOf } from "./callers.js";
import { CriticalPath } from "./critical-path.svelte.js";
import { layOutLanes, layOutTraces, layOutUsedLanes } from "./lane-layout.js";
import { LanesChoice } from "./lanes-choice.js";
import { LeftOut } from "./left-out.svelte.js";
import type { SpanFiltering } from "../../state/span-filter.svelte.js";
import type { TypedFilter } from "./span-conditions.js";
import { countOf, orderSpans, singleSpans, spanNear, type SpanStep, stepSpan } from "./span-order.js";
import { OwnTimes } from "./own-times.svelte.js";
import { SpanFind } from "./span-find.svelte.js";
import { factsOfSpan, type SpanFacts } from "./span-text.js";
import { matchStates } from "./span-matches.js";
import { knownInView, needsFetch, windowAround } from "./span-window.js";
import { type TraceColumns, TraceGroups } from "./trace-groups.svelte.js";

const mostSpans = 5000;
/** Of what is asked for, thrice what is in view: about a pixel each. */
const slices = 4096;

interface Fetched {
  readonly range: NsRange;
  readonly spans: SpanColumns;
  /** How far the recording went when they were asked for: open spans are known to be open until then. */
  readonly untilNs: number;
  readonly isFiltered: boolean;
  /** What the spans are grouped by, where that is not the process. */
  readonly traces?: TraceColumns;
}

export class LanesView {
  readonly range: TimeRange;
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #selection: Selection;
  readonly choice: LanesChoice;
  readonly #byService = new Query<Fetched>();
  readonly traces: TraceGroups;
  /** Of the selected span. */
  readonly own: OwnTimes;
  readonly find: SpanFind;
  readonly leftOut: LeftOut;
  readonly critical: CriticalPath;
  /** The next match that was looked for in the whole recording is none, or was none. */
  isNoneThatWay = $state(false);
  /** Where a match begins that is selected once it is here. */
  #awaitedNs: number | undefined;
  /** Of the newest request, answered or not. */
  #asked: { readonly range: NsRange; readonly seconds: number } | undefined;
  /** Spans that begin or end near the live edge; those that stay open for long are looked at each second. */
  readonly #repeats: Repeats;

  /** Those of the one service that is shown, or all; services before who started them. */
  readonly #processIds = $derived.by(() =>
    startersLast(this.#recording.summary.processes)
      .filter(({ serviceName }) => this.#selection.service.admits(serviceName))
      .map((one) => one.process)
      .join(),
  );
  /** What is shown, once it is here. */
  readonly fetched: Fetched | undefined = $derived.by(() => {
    if (this.grouping === "service") return this.#byService.value;
    const value = this.traces.query.value;
    if (value === undefined) return undefined;
    const { range, found, untilNs } = value;
    return { range, spans: found.spans, untilNs, isFiltered: this.filter.isOn, traces: found };
  });
  readonly layout = $derived.by(() => {
    const { fetched } = this;
    if (fetched === undefined) return undefined;
    const { spans, traces } = fetched;
    if (traces !== undefined) return layOutTraces(traces.trace, spans.lane, traces.traceIds.length);
    const processes = this.#processIds === "" ? [] : this.#processIds.split(",").map(Number);
    return fetched.isFiltered ? layOutUsedLanes(spans, processes) : layOutLanes(spans, processes);
  });
  readonly #order = $derived.by(() => {
    const spans = this.fetched?.spans;
    return spans === undefined || this.layout === undefined ? undefined : orderSpans(spans, this.layout.topsPx);
  });
  readonly #singles = $derived.by(() => {
    const spans = this.fetched?.spans;
    return spans === undefined || this.#order === undefined ? undefined : singleSpans(this.#order, spans);
  });
  /** Spans that are too short for the time they were asked for are merged. */
  readonly isReduced: boolean = $derived.by(() => {
    const spans = this.fetched?.spans;
    return spans !== undefined && (spans.truncated || spans.counts !== undefined);
  });
  /** How many of the spans here are in view, at least in part; undefined while that is not known. */
  readonly spansInView: number | undefined = $derived.by(() => {
    const { fetched } = this;
    return fetched === undefined ? undefined : knownInView(fetched, this.range);
  });
  readonly #callers = $derived.by(() => {
    const spans = this.fetched?.spans;
    return spans === undefined ? undefined : callersOf(spans);
  });
  readonly placed: PlacedSpans | undefined = $derived.by(() => {
    const { fetched } = this;
    const callers = this.#callers;
    if (fetched === undefined || this.layout === undefined || this.#order === undefined || callers === undefined)
      return undefined;
    const { spans, untilNs, traces } = fetched;
    const { ownNs, movedNs } = traces ?? {};
    return { spans, order: this.#order, topsPx: this.layout.topsPx, openUntilNs: untilNs, callers, ownNs, movedNs };
  });
  /** Of the spans here, by their ids. */
  readonly indexOfId: ReadonlyMap<string, number> = $derived.by(
    () => new Map((this.placed?.spans.spanIds ?? []).map((id, index) => [id, index])),
  );
  /** Index of the selected span, when it is among those here. */
  readonly selectedIndex: number | undefined = $derived.by(() => {
    const selected = this.#selection.span;
    const found = selected === undefined ? -1 : (this.placed?.spans.spanIds.indexOf(selected.spanId) ?? -1);
    return found < 0 ? undefined : found;
  });
  readonly selectedFacts: SpanFacts | undefined = $derived.by(() => {
    const { placed, selectedIndex } = this;
    return placed === undefined || selectedIndex === undefined
      ? undefined
      : factsOfSpan(placed.spans, selectedIndex, placed.openUntilNs);
  });
  /** Of the selected span; undefined until it is known. */
  readonly selectedOwnNs: number | undefined = $derived.by(() => {
    const { placed, selectedIndex, selectedFacts } = this;
    if (placed === undefined || selectedIndex === undefined || selectedFacts === undefined) return undefined;
    return ownOfSpan(placed, selectedIndex) ?? this.own.of(selectedFacts);
  });

  constructor(recording: OpenRecording, playhead: Playhead, selection: Selection, range: TimeRange, kept: Kept) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#selection = selection;
    this.range = range;
    this.#repeats = new Repeats(recording, this.#byService);
    this.traces = new TraceGroups(recording, selection);
    this.own = new OwnTimes(recording);
    this.choice = new LanesChoice(selection, kept);
    this.find = new SpanFind(recording, () => this.fetched?.spans);
    this.leftOut = new LeftOut(recording, selection.spans);
    this.critical = new CriticalPath(recording, selection);
  }

  get grouping(): Grouping {
    return this.choice.place.grouping;
  }

  get colouring(): Colouring {
    return this.choice.place.colouring;
  }

  /** Where what is shown arrives. */
  get query(): Query<unknown> {
    return this.grouping === "service" ? this.#byService : this.traces.query;
  }

  get filter(): SpanFiltering {
    return this.#selection.spans;
  }

  /** Call from an effect. */
  loadLeftOut(): void {
    if (this.grouping !== "service") return;
    this.leftOut.load({ fromNs: this.range.fromNs, toNs: this.range.toNs });
  }

  /** What was typed filters from now on, and is no longer looked for. */
  filterByTyped(typed: TypedFilter): void {
    if (typed.kind === "least") this.filter.leastNs(typed.minNs);
    else if (typed.kind === "text") this.filter.lookFor(typed.text);
    else this.filter.add(typed.condition);
    this.lookFor("");
  }

  /** Call from an effect: asks for spans whenever the view has left what is here, or some in it may have changed. */
  loadInView(): void {
    const view = { fromNs: this.range.fromNs, toNs: this.range.toNs };
    if (this.grouping !== "service") return this.traces.load(view, this.grouping);
    const { seconds } = this.#recording;
    const spans = this.#byService.value?.spans;
    const asked = this.#asked;
    const fetched = asked === undefined ? undefined : { range: asked.range, isReduced: this.isReduced };
    const range = asked === undefined || needsFetch(view, fetched) ? windowAround(view) : asked.range;
    const { key, wanted: filter, isOn: isFiltered } = this.filter;
    const isRangeDue = this.#repeats.isDue([range, key], range.toNs);
    const hasOpen = spans?.endNs.some(Number.isNaN) ?? false;
    if (!isRangeDue && !(hasOpen && asked?.seconds !== seconds)) return;
    this.#asked = { range, seconds };
    const untilNs = untrack(() => this.#recording.durationNs);
    this.#byService.load(async (signal, tell) => {
      const from = this.#recording.instantFromOffset(range.fromNs);
      const to = this.#recording.instantFromOffset(range.toNs);
      const args = { from, to, limit: mostSpans, slices, filter };
      const answer = await this.#recording.call("spans.range", args, signal, tell);
      return answer.ok ? ok({ range, spans: answer.value, untilNs, isFiltered }) : answer;
    });
  }

  /** Call from an effect. */
  loadOwn(): void {
    const { placed, selectedIndex, selectedFacts } = this;
    if (placed === undefined || selectedIndex === undefined || selectedFacts === undefined) return;
    if (ownOfSpan(placed, selectedIndex) === undefined) this.own.load([selectedFacts]);
  }

  retry(): void {
    this.#repeats.retry();
    this.traces.retry();
  }

  selectIndex(index: number): void {
    const spans = this.placed?.spans;
    if (spans === undefined || countOf(spans, index) > 1) return;
    this.#selection.selectSpan({
      process: spans.process[index] ?? 0,
      spanId: spans.spanIds[index] ?? "",
      traceId: spans.traceIds[index] ?? "",
    });
  }

  /** One that is here, also where it is not in view. */
  selectId(spanId: string): void {
    const index = this.indexOfId.get(spanId);
    if (index !== undefined) this.#selectAndShow(index);
  }

  /** Moves the selection as an arrow key asks; without a selection it begins at the playhead. False at an edge. */
  stepSelection(step: SpanStep): boolean {
    const { placed, selectedIndex } = this;
    if (placed === undefined || this.#singles === undefined) return false;
    const next =
      selectedIndex === undefined
        ? spanNear(placed.spans, this.#singles, this.#playhead.offsetNs)
        : stepSpan(placed.spans, this.#singles, selectedIndex, step);
    if (next === undefined) return false;
    this.#selectAndShow(next);
    return true;
  }

  lookFor(text: string): void {
    this.isNoneThatWay = false;
    this.#awaitedNs = undefined;
    this.find.lookFor(text);
  }

  /** Selects the match that begins next after the selected span, or the playhead; it may be far away. */
  selectMatch(direction: "next" | "previous"): void {
    const fromNs = this.selectedFacts?.startNs ?? this.#playhead.offsetNs;
    const row = this.find.beside(fromNs, direction);
    this.isNoneThatWay = false;
    if (row !== undefined) return this.#selectAndShow(row);
    this.find.askBeside(fromNs, direction, (startNs) => {
      this.isNoneThatWay = startNs === undefined;
      this.#awaitedNs = startNs;
      if (startNs !== undefined) this.#bringIntoView(startNs);
      this.settleAwaited();
    });
  }

  /** Call from an effect: selects the match that was far away as soon as it is here. */
  settleAwaited(): void {
    const spans = this.placed?.spans;
    const [awaitedNs, { matches }] = [this.#awaitedNs, this.find];
    if (awaitedNs === undefined || spans === undefined || matches === undefined) return;
    const row = spans.startNs.findIndex((startNs, at) => startNs === awaitedNs && matches[at] === matchStates.yes);
    if (row < 0) return;
    this.#awaitedNs = undefined;
    this.selectIndex(row);
  }

  #selectAndShow(row: number): void {
    this.selectIndex(row);
    this.#bringIntoView(this.placed?.spans.startNs[row] ?? 0);
  }

  putPlayheadAtSelection(): void {
    const facts = this.selectedFacts;
    if (facts !== undefined) this.#playhead.moveTo(facts.startNs);
  }

  #bringIntoView(startNs: number): void {
    const { fromNs, toNs, spanNs } = this.range;
    if (startNs < fromNs || startNs > toNs)
      this.range.show({ fromNs: startNs - spanNs / 3, toNs: startNs + (spanNs * 2) / 3 });
  }
}
