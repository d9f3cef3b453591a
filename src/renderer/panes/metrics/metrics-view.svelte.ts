// The series the Metrics pane shows and their samples around the view. Samples reduced to minima and maxima draw the
// same line but may lack the very last sample before the playhead: then the value comes from a small query of its own.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { MetricSeries } from "../../../shared/protocol/engine-rows.js";
import { ok } from "../../../shared/base/result.js";
import type { Marks } from "../../state/marks.svelte.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import { byWeight } from "../../state/process-order.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import type { TimeRange } from "../../state/time-range.svelte.js";
import { type NsRange, spanOf } from "../../state/time-scale.js";
import { defaultSeries } from "./default-series.js";
import { brokenBy, type Extent, extentOf, type Missing, type Samples, valueAt } from "./samples.js";
import { toggled } from "./series-groups.js";
import { scaleOf, type UnitScale } from "./units.js";

type RangeAnswer = CallResult<"metrics.range">;
const mostPoints = 4000;
const rowsAtFirst = 4;
const secondsBetweenLists = 3;
/** Far enough back to hold the last sample of a series taken each second. */
const nowWindowNs = 15e9;

export interface MetricRow {
  readonly series: MetricSeries;
  readonly samples: Samples;
  readonly extent: Extent;
  readonly scale: UnitScale;
}

interface Fetched {
  readonly range: NsRange;
  readonly rows: RangeAnswer;
}

const nothing: Samples = { timeNs: new Float64Array(0), values: new Float64Array(0) };

export class MetricsView {
  readonly range: TimeRange;
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #marks: Marks;
  readonly list = new Query<readonly MetricSeries[]>();
  readonly samples = new Query<Fetched>();
  readonly #near = new Query<RangeAnswer>();
  #chosen = $state.raw<readonly number[]>();
  /** Samples are taken each second: more often there is nothing new to ask for. */
  readonly #listRepeats: Repeats;
  readonly #sampleRepeats: Repeats;
  readonly #nearRepeats: Repeats;
  #listedSecond = -Infinity;
  /** Of the newest request, answered or not. */
  #asked: NsRange | undefined;

  /** All there are, those of the processes that did most first. */
  readonly series: readonly MetricSeries[] = $derived.by(() => {
    const order = new Map(byWeight(this.#recording.summary.processes).map(({ process }, at) => [process, at]));
    const placeOf = ({ process }: MetricSeries): number => order.get(process) ?? order.size;
    return (this.list.value ?? []).toSorted((a, b) => placeOf(a) - placeOf(b));
  });
  readonly shown: readonly number[] = $derived.by(() => this.#chosen ?? defaultSeries(this.series, rowsAtFirst));
  readonly rows: readonly MetricRow[] = $derived.by(() => this.shown.flatMap((id) => this.#rowOf(id)));
  readonly #isReduced: boolean = $derived.by(() => this.samples.value?.rows.some((row) => row.reduced) ?? false);

  constructor(recording: OpenRecording, playhead: Playhead, range: TimeRange, marks: Marks) {
    this.#recording = recording;
    this.#marks = marks;
    this.#playhead = playhead;
    this.range = range;
    this.#listRepeats = new Repeats(recording, this.list, "second");
    this.#sampleRepeats = new Repeats(recording, this.samples, "second");
    this.#nearRepeats = new Repeats(recording, this.#near, "second");
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
    const view = { fromNs: this.range.fromNs, toNs: this.range.toNs };
    const { shown } = this;
    if (shown.length === 0) return;
    const range = this.#asked !== undefined && covers(this.#asked, view) ? this.#asked : around(view);
    if (!this.#sampleRepeats.isDue([range, shown], range.toNs)) return;
    this.#asked = range;
    this.samples.load(async (signal, tell) => {
      const from = this.#recording.instantFromOffset(range.fromNs);
      const to = this.#recording.instantFromOffset(range.toNs);
      const args = { from, to, series: [...shown], points: mostPoints };
      const answer = await this.#recording.call("metrics.range", args, signal, tell);
      return answer.ok ? ok({ range, rows: answer.value }) : answer;
    });
  }

  /** Call from an effect: the exact samples just before the playhead, where the drawn ones are reduced. */
  loadNear(): void {
    if (!this.#isReduced) return;
    const { instant } = this.#playhead;
    const from = instant - BigInt(nowWindowNs);
    const args = { from, to: instant + 1n, series: [...this.shown], points: 200 };
    if (!this.#nearRepeats.isDue(args, this.#playhead.offsetNs)) return;
    this.#near.load((signal, tell) => this.#recording.call("metrics.range", args, signal, tell));
  }

  valueNow({ series, samples }: MetricRow): number | undefined {
    const near = this.#isReduced ? this.#near.value?.find((row) => row.series === series.series) : undefined;
    const known = near === undefined ? samples : brokenBy(near, this.#missingOf(series.process));
    return valueAt(known, this.#playhead.offsetNs);
  }

  toggle(series: number): void {
    this.#chosen = toggled(this.shown, series);
  }

  retry(): void {
    this.#listedSecond = -Infinity;
    this.#listRepeats.retry();
    this.#sampleRepeats.retry();
  }

  #missingOf(process: number): readonly Missing[] {
    return this.#marks.all
      .filter((mark) => mark.reason === "evicted" && mark.process === process)
      .map(({ sinceNs, offsetNs }) => ({ fromNs: sinceNs, toNs: offsetNs }));
  }

  #rowOf(id: number): readonly MetricRow[] {
    const series = this.series.find((one) => one.series === id);
    if (series === undefined) return [];
    const fetched = this.samples.value?.rows.find((row) => row.series === id) ?? nothing;
    const samples = brokenBy(fetched, this.#missingOf(series.process));
    const extent = extentOf([samples]);
    return [{ series, samples, extent, scale: scaleOf(series, Math.max(Math.abs(extent.min), Math.abs(extent.max))) }];
  }
}

/** The view and half as much again on both sides. */
function around(view: NsRange): NsRange {
  const margin = spanOf(view) / 2;
  return { fromNs: Math.max(0, Math.floor(view.fromNs - margin)), toNs: Math.max(1, Math.ceil(view.toNs + margin)) };
}

/** Samples fetched for a far longer stretch are too coarse for a closer look. */
const coarsest = 6;

const covers = (fetched: NsRange, view: NsRange): boolean =>
  fetched.fromNs <= Math.max(0, view.fromNs) && fetched.toNs >= view.toNs && spanOf(fetched) <= spanOf(view) * coarsest;
