// What the samples of each slice are like, put together from rows of the metric rollup in any order, several of a slice.
import type { MetricRows } from "./metric-rows.js";

export class SliceExtremes {
  /** Of one slice each; the average and the extremes are those of its finite samples, NaN where there is none. */
  readonly samples: Float64Array<ArrayBuffer>;
  readonly least: Float64Array<ArrayBuffer>;
  readonly most: Float64Array<ArrayBuffer>;
  /** The earliest sample that is the least, in nanoseconds since the recording's start. */
  readonly leastNs: Float64Array<ArrayBuffer>;
  readonly mostNs: Float64Array<ArrayBuffer>;
  readonly #finite: Float64Array;
  readonly #totals: Float64Array;

  constructor(readonly slices: number) {
    [this.samples, this.#finite, this.#totals] = [
      new Float64Array(slices),
      new Float64Array(slices),
      new Float64Array(slices),
    ];
    const nothing = (): Float64Array<ArrayBuffer> => new Float64Array(slices).fill(Number.NaN);
    [this.least, this.most, this.leastNs, this.mostNs] = [nothing(), nothing(), nothing(), nothing()];
  }

  average(slice: number): number {
    return (this.#totals[slice] ?? 0) / (this.#finite[slice] ?? 0);
  }

  /** The rows that are somewhere in [sinceNs, untilNs). */
  add(rows: MetricRows, sinceNs: number, untilNs: number, sliceOf: (ns: number) => number): void {
    for (let row = 0; row < rows.length; row++) {
      const ns = rows.ns[row] ?? Number.NaN;
      if (ns >= sinceNs && ns < untilNs) this.addRow(rows, row, sliceOf(ns));
    }
  }

  /** The rows at times of which that is so. */
  addWhere(rows: MetricRows, isTaken: (ns: number) => boolean, sliceOf: (ns: number) => number): void {
    for (let row = 0; row < rows.length; row++) {
      const ns = rows.ns[row] ?? Number.NaN;
      if (isTaken(ns)) this.addRow(rows, row, sliceOf(ns));
    }
  }

  // In plain steps: most looks are over before this is compiled.
  addRow(rows: MetricRows, row: number, slice: number): void {
    this.samples[slice] = (this.samples[slice] ?? 0) + (rows.samples[row] ?? 0);
    const finite = rows.finite[row] ?? 0;
    if (finite === 0) return;
    const before = this.#finite[slice] ?? 0;
    this.#finite[slice] = before + finite;
    this.#totals[slice] = (this.#totals[slice] ?? 0) + (rows.total[row] ?? 0);
    const least = rows.least[row] ?? 0;
    const leastNs = rows.leastNs[row] ?? 0;
    const lowest = this.least[slice] ?? 0;
    if (before === 0 || least < lowest || (least === lowest && leastNs < (this.leastNs[slice] ?? 0))) {
      this.least[slice] = least;
      this.leastNs[slice] = leastNs;
    }
    const most = rows.most[row] ?? 0;
    const mostNs = rows.mostNs[row] ?? 0;
    const highest = this.most[slice] ?? 0;
    if (before === 0 || most > highest || (most === highest && mostNs < (this.mostNs[slice] ?? 0))) {
      this.most[slice] = most;
      this.mostNs[slice] = mostNs;
    }
  }
}
