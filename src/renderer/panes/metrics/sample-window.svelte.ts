// Samples of some series around a stretch of time. Where there are more than can be told apart on screen, each of equal
// slices has its average, and its least and most as a band.
import { ok } from "../../../shared/base/result.js";
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import { Query } from "../../state/query.svelte.js";
import { Repeats } from "../../state/repeats.svelte.js";
import { type NsRange, spanOf } from "../../state/time-scale.js";
import { type Band, type Samples, bandOf } from "./samples.js";

const mostPoints = 2000;
const slices = 1000;

export interface Measured {
  readonly samples: Samples;
  /** The samples are averages, and this is between which they lie; undefined where each sample is there. */
  readonly band: Band | undefined;
}

interface Fetched {
  readonly rows: CallResult<"metrics.range">;
  readonly merged: CallResult<"metrics.slices">;
  readonly sliceNs: number;
}

export class SampleWindow {
  readonly #recording: OpenRecording;
  readonly query = new Query<Fetched>();
  readonly #repeats: Repeats;
  /** Of the newest request, answered or not. */
  #asked: NsRange | undefined;
  readonly #measured: ReadonlyMap<number, Measured> = $derived.by(() => measuredOf(this.query.value));
  readonly isMerged: boolean = $derived.by(() => (this.query.value?.merged.length ?? 0) > 0);

  constructor(recording: OpenRecording) {
    this.#recording = recording;
    this.#repeats = new Repeats(recording, this.query, "second");
  }

  /** Call from an effect. */
  load(view: NsRange, series: readonly number[]): void {
    if (series.length === 0) return;
    const range = this.#asked !== undefined && covers(this.#asked, view) ? this.#asked : around(view);
    if (!this.#repeats.isDue([range, series], range.toNs)) return;
    this.#asked = range;
    this.query.load(async (signal, tell) => {
      const [from, to] = [range.fromNs, range.toNs].map((ns) => this.#recording.instantFromOffset(ns));
      const stretch = { from: from ?? this.#recording.start, to: to ?? this.#recording.start };
      const args = { ...stretch, series: [...series], points: mostPoints };
      const answer = await this.#recording.call("metrics.range", args, signal, tell);
      if (!answer.ok) return answer;
      const many = answer.value.filter(({ reduced }) => reduced).map((row) => row.series);
      const sliceNs = spanOf(range) / slices;
      if (many.length === 0) return ok({ rows: answer.value, merged: [], sliceNs });
      const merged = await this.#recording.call("metrics.slices", { ...stretch, series: many, slices }, signal, tell);
      return merged.ok ? ok({ rows: answer.value, merged: merged.value, sliceNs }) : merged;
    });
  }

  of(series: number): Measured | undefined {
    return this.#measured.get(series);
  }

  retry(): void {
    this.#repeats.retry();
  }
}

function measuredOf(fetched: Fetched | undefined): ReadonlyMap<number, Measured> {
  const all = new Map<number, Measured>();
  if (fetched === undefined) return all;
  for (const { series, timeNs, values } of fetched.rows)
    all.set(series, { samples: { timeNs, values }, band: undefined });
  for (const sliced of fetched.merged) all.set(sliced.series, bandOf(sliced, fetched.sliceNs));
  return all;
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
