// The rows of the Metrics pane and their samples around the view. Where samples are merged into averages, the value at the
// playhead comes from a small query of its own.
import { untrack } from "svelte";
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { MetricSeries } from "../../../shared/protocol/engine-rows.js";
import type { Kept } from "../../state/kept-texts.js";
import type { Marks } from "../../state/marks.svelte.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import { byWeight } from "../../state/process-order.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import type { MetricsPlace } from "../../state/metrics-place.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { Selection } from "../../state/selection.svelte.js";
import type { TimeRange } from "../../state/time-range.svelte.js";
import { type NsRange, spanOf } from "../../state/time-scale.js";
import { defaultSeries } from "./default-series.js";
import { type MetricRow, type RowParts, makeRow } from "./metric-row.js";
import { type RowChoice, keyOf, plainRow, rowsFromText, seriesOf, textFromRows, toggled } from "./row-choice.js";
import { storeRows, storedRows } from "./rows-stored.js";
import { SampleWindow } from "./sample-window.svelte.js";
import { brokenBy, bandBrokenBy, type Missing, type Samples, valueAt } from "./samples.js";

const rowsAtFirst = 4;
const secondsBetweenLists = 3;
/** Far enough back to hold the last sample of a series taken each second. */
const nowWindowNs = 15e9;

const nothing: Samples = { timeNs: new Float64Array(0), values: new Float64Array(0) };

export class MetricsView {
  readonly range: TimeRange;
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #marks: Marks;
  readonly list = new Query<readonly MetricSeries[]>();
  readonly samples: SampleWindow;
  /** Of the stretch of the same length before the view. */
  readonly before: SampleWindow;
  readonly #near = new Query<CallResult<"metrics.range">>();
  readonly #storage: Kept;
  readonly #selection: Selection;
  readonly #chosen: readonly RowChoice[] | undefined = $derived.by(() => {
    const rows = this.#selection.metrics?.rows;
    return rows === undefined ? undefined : rowsFromText(rows);
  });
  /** Samples are taken each second: more often there is nothing new to ask for. */
  readonly #listRepeats: Repeats;
  readonly #nearRepeats: Repeats;
  #listedSecond = -Infinity;

  /** All there are, those of the processes that did most first. */
  readonly series: readonly MetricSeries[] = $derived.by(() => {
    const order = new Map(byWeight(this.#recording.summary.processes).map(({ process }, at) => [process, at]));
    const placeOf = ({ process }: MetricSeries): number => order.get(process) ?? order.size;
    return (this.list.value ?? []).toSorted((a, b) => placeOf(a) - placeOf(b));
  });
  readonly shown: readonly RowChoice[] = $derived.by(
    () => this.#chosen ?? defaultSeries(this.series, rowsAtFirst).map((series) => plainRow(series)),
  );
  readonly #needed: readonly number[] = $derived.by(() => seriesOf(this.shown));
  readonly rows: readonly MetricRow[] = $derived.by(() => this.shown.flatMap((choice) => this.#rowOf(choice)));
  /** Undefined: nothing is kept of what is before the view. */
  readonly viewBefore: NsRange | undefined = $derived.by(() => {
    const { fromNs, toNs } = this.range;
    const view = { fromNs: fromNs - (toNs - fromNs), toNs: fromNs };
    return view.toNs > this.#recording.keptFromNs ? view : undefined;
  });

  constructor(
    recording: OpenRecording,
    playhead: Playhead,
    range: TimeRange,
    { marks, selection }: { readonly marks: Marks; readonly selection: Selection },
    storage: Kept,
  ) {
    this.#recording = recording;
    this.#marks = marks;
    this.#selection = selection;
    this.#playhead = playhead;
    this.#storage = storage;
    this.range = range;
    this.samples = new SampleWindow(recording);
    this.before = new SampleWindow(recording);
    this.#listRepeats = new Repeats(recording, this.list, "second");
    this.#nearRepeats = new Repeats(recording, this.#near, "second");
    const stored = storedRows(storage, recording.summary.recordingId);
    // An address says what it was made of, whatever was chosen here before.
    if (stored !== undefined && selection.metrics === undefined) selection.showMetrics(stored);
  }

  get comparesBefore(): boolean {
    return this.#selection.metrics?.comparesBefore ?? false;
  }

  compareBefore(compares: boolean): void {
    this.#show({ ...this.#place, comparesBefore: compares });
  }

  get marksUnusual(): boolean {
    return this.#selection.metrics?.hidesUnusual !== true;
  }

  markUnusual(marks: boolean): void {
    this.#show({ ...this.#place, hidesUnusual: !marks });
  }

  /** Call from an effect: the series there are; a live recording may gain some. */
  loadList(): void {
    const { isLive, durationNs, seconds } = this.#recording;
    if (isLive && seconds - this.#listedSecond < secondsBetweenLists) return;
    if (!this.#listRepeats.isDue("list", durationNs)) return;
    this.#listedSecond = seconds;
    this.list.load((signal, tell) => this.#recording.call("metrics.list", {}, signal, tell));
  }

  /** Call from an effect: samples of the shown series around the view. */
  loadSamples(): void {
    this.samples.load({ fromNs: this.range.fromNs, toNs: this.range.toNs }, this.#needed);
  }

  /** Call from an effect: the same of the stretch before, while that is compared with. */
  loadBefore(): void {
    if (this.comparesBefore && this.viewBefore !== undefined) this.before.load(this.viewBefore, this.#needed);
  }

  /** Call from an effect: the exact samples just before the playhead, where the drawn ones are averages. */
  loadNear(): void {
    if (!this.samples.isMerged) return;
    const { instant } = this.#playhead;
    const from = instant - BigInt(nowWindowNs);
    const args = { from, to: instant + 1n, series: [...this.#needed], points: 200 };
    if (!this.#nearRepeats.isDue(args, this.#playhead.offsetNs)) return;
    this.#near.load((signal, tell) => this.#recording.call("metrics.range", args, signal, tell));
  }

  /** Of a row of averages the exact value, as soon as it is known; of what is derived from averages, what its line says. */
  valueNow({ choice, series, samples }: MetricRow): number | undefined {
    const isExact = !this.samples.isMerged || choice.derived.kind !== "plain";
    const near = isExact ? undefined : this.#near.value?.find((one) => one.series === series.series);
    return valueAt(near === undefined ? samples : this.#broken(near, series.series), this.#playhead.offsetNs);
  }

  isShown(series: number): boolean {
    return this.shown.some((row) => keyOf(row) === String(series));
  }

  processText(process: number): string {
    return this.#recording.process(process)?.serviceName ?? String(process);
  }

  toggle(series: number): void {
    this.choose(toggled(this.shown, series));
  }

  /** Shows these rows, also when the recording is opened again. */
  choose(rows: readonly RowChoice[]): void {
    this.#show({ ...this.#place, rows: textFromRows(rows) });
  }

  /** Call from an effect: a series that somebody asked for has a row, the first where it had none. */
  showAsked(): void {
    const { askedSeries } = this.#selection;
    if (askedSeries === undefined || this.list.value === undefined) return;
    untrack(() => {
      if (!this.isShown(askedSeries)) this.choose([plainRow(askedSeries), ...this.shown]);
      this.#selection.seriesIsShown();
    });
  }

  get #place(): MetricsPlace {
    return this.#selection.metrics ?? { rows: undefined, comparesBefore: false };
  }

  #show(place: MetricsPlace): void {
    this.#selection.showMetrics(place);
    storeRows(this.#storage, this.#recording.summary.recordingId, place);
  }

  retry(): void {
    this.#listedSecond = -Infinity;
    this.#listRepeats.retry();
    this.samples.retry();
    this.before.retry();
  }

  #missingOf(process: number): readonly Missing[] {
    return this.#marks.all
      .filter((mark) => mark.reason === "evicted" && mark.process === process)
      .map(({ sinceNs, offsetNs }) => ({ fromNs: sinceNs, toNs: offsetNs }));
  }

  #broken(samples: Samples | undefined, series: number): Samples {
    return brokenBy(samples ?? nothing, this.#missingOf(this.#seriesOf(series)?.process ?? 0));
  }

  #seriesOf(id: number): MetricSeries | undefined {
    return this.series.find((one) => one.series === id);
  }

  #rowOf(choice: RowChoice): readonly MetricRow[] {
    const series = this.#seriesOf(choice.series);
    const over = choice.derived.kind === "ratio" ? this.#seriesOf(choice.derived.over) : undefined;
    if (series === undefined || (choice.derived.kind === "ratio" && over === undefined)) return [];
    const parts: RowParts = {
      choice,
      series,
      over,
      samplesOf: (id) => this.#broken(this.samples.of(id)?.samples, id),
      bandOf: (id) => {
        const band = this.samples.of(id)?.band;
        return band === undefined ? undefined : bandBrokenBy(band, this.#missingOf(series.process));
      },
      before:
        this.comparesBefore && this.viewBefore !== undefined
          ? (id) => this.#broken(this.before.of(id)?.samples, id)
          : undefined,
      spanNs: spanOf(this.range),
      marksUnusual: this.marksUnusual,
    };
    return [makeRow(parts)];
  }
}
