// Which of equal slices of a range an instant belongs to, in numbers. Nothing is rounded: instants are nanoseconds since the
// recording's start, and neither they nor the range are longer than a double counts one by one.
import type { Level, Stretch } from "./zoom-levels.js";

export class SliceEdges {
  readonly #sinceNs: number;
  readonly #lengthNs: number;
  /** After the beginning of the range, where each slice begins. */
  readonly #edges: Float64Array;
  /** Of the coarsest buckets used; 1 where there are none. */
  readonly #widthNs: number;
  /** How far the recording's start is into its bucket. */
  readonly #phaseNs: number;

  private constructor(range: Stretch, slices: number, start: bigint, coarsest: Level | undefined) {
    this.#sinceNs = Number(range.since - start);
    this.#lengthNs = Number(range.until - range.since);
    this.#widthNs = Number(coarsest?.widthNs ?? 1n);
    this.#phaseNs = Number(start % (coarsest?.widthNs ?? 1n));
    const whole = Math.floor(this.#lengthNs / slices);
    const rest = this.#lengthNs - whole * slices;
    this.#edges = Float64Array.from(
      { length: slices + 1 },
      (_, slice) => slice * whole + Math.ceil((slice * rest) / slices),
    );
  }

  /** Undefined where doubles do not do. */
  static of(range: Stretch, slices: number, start: bigint, coarsest: Level | undefined): SliceEdges | undefined {
    const most = BigInt(Number.MAX_SAFE_INTEGER) / 2n;
    const isNear = (instant: bigint): boolean => instant - start < most && start - instant < most;
    if (start < 0n || !isNear(range.since) || !isNear(range.until)) return undefined;
    return new SliceEdges(range, slices, start, coarsest);
  }

  /** Of what lies in the range. It belongs where its bucket begins, of the coarsest used. */
  sliceOf(ns: number): number {
    const bucketNs = Math.floor((ns + this.#phaseNs) / this.#widthNs) * this.#widthNs - this.#phaseNs;
    const into = Math.max(0, bucketNs - this.#sinceNs);
    const edges = this.#edges;
    let slice = Math.floor((into / this.#lengthNs) * (edges.length - 1));
    // The division may have been rounded to a neighbour.
    while (into < (edges[slice] ?? 0)) slice--;
    while (into >= (edges[slice + 1] ?? Infinity)) slice++;
    return slice;
  }
}
