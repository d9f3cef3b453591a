// What the samples of each slice are like, put together from rows of the metric rollup in any order, several of a slice.
import type { Rows } from "./rows.js";

const none = -1;

export class SliceExtremes {
  /** Of one slice each; the average and the extremes are those of its finite samples. */
  readonly samples: Float64Array<ArrayBuffer>;
  readonly #finite: Float64Array;
  readonly #totals: Float64Array;
  /** Rows with the extremes; -1 where there is no finite sample. */
  readonly #lowest: Int32Array;
  readonly #highest: Int32Array;
  readonly #least: Float64Array;
  readonly #most: Float64Array;
  readonly #leastAt: BigInt64Array;
  readonly #mostAt: BigInt64Array;

  constructor(rows: Rows, slices: number) {
    this.samples = new Float64Array(slices);
    [this.#finite, this.#totals] = [new Float64Array(slices), new Float64Array(slices)];
    [this.#lowest, this.#highest] = [new Int32Array(slices).fill(none), new Int32Array(slices).fill(none)];
    [this.#least, this.#most] = [rows.float64s("least"), rows.float64s("most")];
    [this.#leastAt, this.#mostAt] = [rows.int64s("least_at"), rows.int64s("most_at")];
    const [slice, samples] = [rows.float64s("slice"), rows.float64s("samples")];
    const [finite, totals] = [rows.float64s("finite"), rows.float64s("total")];
    for (let row = 0; row < rows.length; row++) {
      const at = slice[row] ?? 0;
      this.samples[at] = (this.samples[at] ?? 0) + (samples[row] ?? 0);
      const own = finite[row] ?? 0;
      if (own === 0) continue;
      this.#finite[at] = (this.#finite[at] ?? 0) + own;
      this.#totals[at] = (this.#totals[at] ?? 0) + (totals[row] ?? 0);
      if (this.#isLower(row, this.#lowest[at] ?? none)) this.#lowest[at] = row;
      if (this.#isHigher(row, this.#highest[at] ?? none)) this.#highest[at] = row;
    }
  }

  average(slice: number): number {
    return (this.#totals[slice] ?? 0) / (this.#finite[slice] ?? 0);
  }

  /** NaN where there is none. */
  least(slice: number): number {
    return this.#least[this.#lowest[slice] ?? none] ?? Number.NaN;
  }

  most(slice: number): number {
    return this.#most[this.#highest[slice] ?? none] ?? Number.NaN;
  }

  /** The earliest sample that is the least. */
  leastAt(slice: number): bigint | undefined {
    return this.#leastAt[this.#lowest[slice] ?? none];
  }

  mostAt(slice: number): bigint | undefined {
    return this.#mostAt[this.#highest[slice] ?? none];
  }

  #isLower(row: number, than: number): boolean {
    const [value, other] = [this.#least[row] ?? 0, this.#least[than] ?? Infinity];
    return value < other || (value === other && (this.#leastAt[row] ?? 0n) < (this.#leastAt[than] ?? 0n));
  }

  #isHigher(row: number, than: number): boolean {
    const [value, other] = [this.#most[row] ?? 0, this.#most[than] ?? -Infinity];
    return value > other || (value === other && (this.#mostAt[row] ?? 0n) < (this.#mostAt[than] ?? 0n));
  }
}
