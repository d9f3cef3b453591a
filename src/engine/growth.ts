// How much had come by which instant: where to cut so that about so much of what there is goes.

interface Point {
  readonly instant: bigint;
  /** Of everything that came so far. */
  readonly bytes: number;
}

/** When there are more, every other one is forgotten. */
const mostPoints = 1024;

export class Growth {
  #points: Point[] = [];
  #everyBytes = 0;

  /** `instant`: the newest of the records that came, `bytes`: of all of them. */
  note(instant: bigint, bytes: number): void {
    const last = this.#points.at(-1);
    if (last !== undefined && (instant <= last.instant || bytes - last.bytes < this.#everyBytes)) return;
    this.#points.push({ instant, bytes });
    if (this.#points.length <= mostPoints) return;
    this.#points = this.#points.filter((_, at) => at % 2 === 0);
    this.#everyBytes = Math.max(1, 2 * this.#everyBytes, (bytes - (this.#points[0]?.bytes ?? 0)) / mostPoints);
  }

  /** What lies before was evicted. */
  forgetBefore(instant: bigint): void {
    const first = this.#points.findLastIndex((point) => point.instant <= instant);
    if (first > 0) this.#points.splice(0, first);
  }

  /** Before it lies about so large a part of all that came from `since` to `until`. */
  cutAt(part: number, since: bigint, until: bigint): bigint {
    const inside = this.#points.filter(({ instant }) => instant >= since && instant <= until);
    const [first, last] = [inside[0], inside.at(-1)];
    // What came before an engine that goes on is taken for even.
    if (
      first === undefined ||
      last === undefined ||
      last.bytes <= first.bytes ||
      4n * (first.instant - since) > until - since
    )
      return between(since, until, part);
    const wanted = first.bytes + part * (last.bytes - first.bytes);
    const at = inside.findIndex(({ bytes }) => bytes >= wanted);
    const [before, after] = [inside[at - 1] ?? first, inside[at] ?? last];
    const share = after.bytes === before.bytes ? 1 : (wanted - before.bytes) / (after.bytes - before.bytes);
    return between(before.instant, after.instant, share);
  }
}

const between = (from: bigint, to: bigint, share: number): bigint =>
  from + BigInt(Math.round(Number(to - from) * Math.min(1, Math.max(0, share))));
