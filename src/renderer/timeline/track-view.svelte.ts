// What the ruler's track shows and what the pointer is doing on it. The range is the ruler's own: the overview.
import { ok } from "../../shared/base/result.js";
import type { Marks } from "../state/marks.svelte.js";
import type { OpenRecording } from "../state/open-recording.svelte.js";
import type { Playhead } from "../state/playhead.svelte.js";
import { Query } from "../state/query.svelte.js";
import { type Ranges, rulerPane } from "../state/ranges.svelte.js";
import type { Selection } from "../state/selection.svelte.js";
import type { TimeRange } from "../state/time-range.svelte.js";
import { nsFromPx, pxFromNs, type Ticks, ticksOf, zoneMinutesAt } from "../state/time-scale.js";
import { type GapRegion, gapRegions } from "./gaps.js";
import { barPitchPx, type DensityColumns, groupMarks, insetPx } from "./ruler-geometry.js";

export type Drag =
  | { readonly kind: "scrub" }
  | { readonly kind: "select"; readonly anchorNs: number }
  | { readonly kind: "pan"; readonly fromPx: number };

/** `records` is how many there are by now: late ones change the answer to the same question. Of settled time it is 0. */
interface DensityQuestion {
  readonly records: number;
  readonly fromNs: number;
  readonly toNs: number;
  readonly buckets: number;
}

const isSameQuestion = (one: DensityQuestion, other: DensityQuestion): boolean =>
  one.fromNs === other.fromNs &&
  one.toNs === other.toNs &&
  one.buckets === other.buckets &&
  one.records === other.records;

const mostBuckets = 4096;
const labelGapPx = 96;
/** A press that moved less than this is a click. */
const clickPx = 3;

export class TrackView {
  readonly range: TimeRange;
  readonly #recording: OpenRecording;
  readonly #playhead: Playhead;
  readonly #selection: Selection;
  readonly #marks: Marks;
  readonly #density = new Query<DensityColumns>();
  #asked: DensityQuestion | undefined;
  /** The second it was asked in and the view it was asked for. */
  #askedPulse = "";
  #widthPx = $state(0);
  #hoverPx = $state<number>();
  #drag = $state.raw<Drag>();
  #pressedPx = 0;
  #hasMoved = false;

  readonly plotPx: number = $derived.by(() => Math.max(1, this.#widthPx - 2 * insetPx));
  readonly playheadPx: number = $derived.by(() => this.pxOf(this.#playhead.offsetNs));
  readonly ticks: Ticks = $derived.by(() => {
    const { start } = this.#recording;
    return ticksOf(this.range, this.plotPx, labelGapPx, start, zoneMinutesAt(start));
  });
  readonly groups = $derived.by(() => groupMarks(this.#marks.all, this.range, this.plotPx));
  readonly gaps: readonly GapRegion[] = $derived.by(() => gapRegions(this.#marks.all, this.range, this.plotPx));

  /** The part of the recording that is in view, in slices of one bar each. */
  readonly question: DensityQuestion | undefined = $derived.by(() => {
    const fromNs = Math.max(0, this.range.fromNs);
    const toNs = Math.min(this.#recording.durationNs, this.range.toNs);
    if (this.#widthPx === 0 || toNs <= fromNs) return undefined;
    const share = (toNs - fromNs) / this.range.spanNs;
    const buckets = Math.min(mostBuckets, Math.max(1, Math.floor((this.plotPx * share) / barPitchPx)));
    const { events, spans, logs, metrics, writes } = this.#recording.summary.counts;
    const records = toNs < this.#recording.settledNs ? 0 : events + spans + logs + metrics + writes;
    return { fromNs, toNs, buckets, records };
  });

  constructor(recording: OpenRecording, playhead: Playhead, ranges: Ranges, selection: Selection, marks: Marks) {
    this.#recording = recording;
    this.#playhead = playhead;
    this.#selection = selection;
    this.#marks = marks;
    this.range = ranges.of(rulerPane);
  }

  get widthPx(): number {
    return this.#widthPx;
  }

  get density(): DensityColumns | undefined {
    return this.#density.value;
  }

  get densityQuery(): Query<DensityColumns> {
    return this.#density;
  }

  get drag(): Drag | undefined {
    return this.#drag;
  }

  /** The instant under the pointer; undefined when it is elsewhere or dragging. */
  get hover(): { readonly px: number; readonly ns: number } | undefined {
    if (this.#hoverPx === undefined || this.#drag !== undefined) return undefined;
    return { px: this.#hoverPx, ns: this.nsOf(this.#hoverPx) };
  }

  pxOf(ns: number): number {
    return pxFromNs(this.range, this.plotPx, ns);
  }

  nsOf(px: number): number {
    return nsFromPx(this.range, this.plotPx, px);
  }

  resize(widthPx: number): void {
    this.#widthPx = widthPx;
  }

  /** Asks for the counts of what is shown, unless that is what was asked last; of what merely grew, once a second. */
  askDensity(question: DensityQuestion | undefined): void {
    const asked = this.#asked;
    if (question === undefined || (asked !== undefined && isSameQuestion(question, asked))) return;
    const { seconds } = this.#recording;
    const view = this.range.showsAll ? "all" : `${this.range.fromNs} ${this.range.toNs}`;
    const pulse = `${seconds} ${view} ${this.#widthPx}`;
    if (this.#askedPulse === pulse) return;
    this.#askedPulse = pulse;
    this.#asked = question;
    const { fromNs, toNs, buckets } = question;
    const from = this.#recording.instantFromOffset(fromNs);
    const to = this.#recording.instantFromOffset(toNs) + 1n;
    this.#density.load(async (signal, tell) => {
      const answer = await this.#recording.call("timeline.density", { from, to, buckets }, signal, tell);
      return answer.ok ? ok({ range: { fromNs, toNs: toNs + 1 }, ...answer.value }) : answer;
    });
  }

  press(px: number, kind: "scrub" | "select" | "pan"): void {
    this.#pressedPx = px;
    this.#hasMoved = false;
    if (kind === "pan") this.#drag = { kind, fromPx: px };
    else if (kind === "select") this.#drag = { kind, anchorNs: this.#inside(this.nsOf(px)) };
    else {
      this.#drag = { kind };
      this.#playhead.pause();
      this.#playhead.rememberPlace();
      this.#playhead.scrubTo(this.nsOf(px));
    }
  }

  /** Takes a selection by one of its ends. */
  pressHandle(px: number, end: "from" | "to"): void {
    const { range } = this.#selection;
    if (range === undefined) return;
    this.#pressedPx = px;
    this.#hasMoved = true;
    this.#drag = { kind: "select", anchorNs: end === "from" ? range.toNs : range.fromNs };
  }

  move(px: number): void {
    this.#hoverPx = px;
    const drag = this.#drag;
    if (drag === undefined) return;
    this.#hasMoved ||= Math.abs(px - this.#pressedPx) >= clickPx;
    if (!this.#hasMoved) return;
    if (drag.kind === "scrub") this.#playhead.scrubTo(this.nsOf(px));
    else if (drag.kind === "select") this.#selection.selectRange(drag.anchorNs, this.#inside(this.nsOf(px)));
    else {
      this.range.pan(((drag.fromPx - px) / this.plotPx) * this.range.spanNs);
      this.#drag = { kind: "pan", fromPx: px };
    }
  }

  release(): void {
    const drag = this.#drag;
    this.#drag = undefined;
    if (drag?.kind === "scrub") this.#playhead.endScrub();
    if (drag?.kind === "select" && !this.#hasMoved) this.#selection.clearRange();
  }

  leave(): void {
    this.#hoverPx = undefined;
  }

  /** Wheel: up and down zoom about the pointer, sideways or with Shift pans. */
  wheel(px: number, deltaX: number, deltaY: number, isSideways: boolean): void {
    const sideways = isSideways ? deltaX + deltaY : deltaX;
    if (Math.abs(sideways) > Math.abs(isSideways ? 0 : deltaY))
      this.range.pan((sideways / this.plotPx) * this.range.spanNs);
    else this.range.zoomAbout(Math.exp(deltaY * 0.0015), this.nsOf(px));
  }

  #inside(ns: number): number {
    return Math.min(Math.max(0, ns), this.#recording.durationNs);
  }
}
