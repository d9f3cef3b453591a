// The series the Metrics pane shows and their samples around the view. Samples reduced to minima and maxima draw the
// same line but may lack the very last sample before the playhead: then the value comes from a small query of its own.
import type { CallResult, MetricSeries } from "../../../shared/protocol/engine-calls.js";
import { ok } from "../../../shared/base/result.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { Playhead } from "../../state/playhead.svelte.js";
import { Query } from "../../state/query.svelte.js";
import type { TimeRange } from "../../state/time-range.svelte.js";
import { type NsRange, spanOf } from "../../state/time-scale.js";
import { defaultSeries } from "./default-series.js";
import { type Extent, extentOf, type Samples, valueAt } from "./samples.js";
import { toggled } from "./series-groups.js";
import { scaleOf, type UnitScale } from "./units.js";

type RangeAnswer = CallResult<"metrics.range">;
const mostPoints = 4000;
const rowsAtFirst = 4;
const listEveryMs = 2000;
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
  readonly list = new Query<readonly MetricSeries[]>();
  readonly samples = new Query<Fetched>();
  readonly #near = new Query<RangeAnswer>();
  #chosen = $state.raw<readonly number[]>();
  #growth = $state(0);
  #listedMs = -Infinity;
  #asked:
    | { readonly range: NsRange; readonly shown: string; readonly growth: number; readonly durationNs: number }
    | undefined;

  readonly shown: readonly number[] = $derived.by(
    () => this.#chosen ?? defaultSeries(this.list.value ?? [], rowsAtFirst),
  );
  readonly rows: readonly MetricRow[] = $derived.by(() => this.shown.flatMap((id) => this.#rowOf(id)));
  readonly #isReduced: boolean = $derived.by(() => this.samples.value?.rows.some((row) => row.reduced) ?? false);

  constructor(recording: OpenRecording, playhead: Playhead, range: TimeRange) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.range = range;
  }

  /** Call from an effect: the series there are; a live recording may gain some. */
  loadList(): void {
    void this.#growth;
    const nowMs = performance.now();
    if (nowMs - this.#listedMs < listEveryMs) return;
    this.#listedMs = nowMs;
    this.list.load((signal) => this.#recording.call("metrics.list", {}, signal));
  }

  /** Call from an effect: samples of the shown series around the view. */
  loadSamples(): void {
    const view = { fromNs: this.range.fromNs, toNs: this.range.toNs };
    const { shown } = this;
    const asked = this.#asked;
    const growth = this.#growth;
    if (shown.length === 0) return;
    const isSame = asked !== undefined && asked.shown === shown.join() && covers(asked.range, view);
    if (isSame && (asked.growth === growth || asked.range.toNs < asked.durationNs)) return;
    const range = around(view);
    this.#asked = { range, shown: shown.join(), growth, durationNs: this.#recording.durationNs };
    this.samples.load(async (signal) => {
      const from = this.#recording.instantFromOffset(range.fromNs);
      const to = this.#recording.instantFromOffset(range.toNs);
      const answer = await this.#recording.call(
        "metrics.range",
        { from, to, series: [...shown], points: mostPoints },
        signal,
      );
      return answer.ok ? ok({ range, rows: answer.value }) : answer;
    });
  }

  /** Call from an effect: the exact samples just before the playhead, where the drawn ones are reduced. */
  loadNear(): void {
    if (!this.#isReduced) return;
    const { instant } = this.#playhead;
    const series = [...this.shown];
    const from = instant - BigInt(nowWindowNs);
    this.#near.load((signal) =>
      this.#recording.call("metrics.range", { from, to: instant + 1n, series, points: 200 }, signal),
    );
  }

  /** Call once; returns the release. */
  watchGrowth(): () => void {
    return this.#recording.onGrown(() => {
      this.#growth += 1;
    });
  }

  valueNow({ series, samples }: MetricRow): number | undefined {
    const near = this.#isReduced ? this.#near.value?.find((row) => row.series === series.series) : undefined;
    return valueAt(near ?? samples, this.#playhead.offsetNs);
  }

  toggle(series: number): void {
    this.#chosen = toggled(this.shown, series);
  }

  retry(): void {
    this.#asked = undefined;
    this.#listedMs = -Infinity;
    this.#growth += 1;
  }

  #rowOf(id: number): readonly MetricRow[] {
    const series = this.list.value?.find((one) => one.series === id);
    if (series === undefined) return [];
    const samples = this.samples.value?.rows.find((row) => row.series === id) ?? nothing;
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
