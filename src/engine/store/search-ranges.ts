// Between which instants the rows of a block lie: a few stretches of time. Rows come nearly in the order of time; a process
// with another clock, spans that began long ago and batches that come late make stretches of their own.
import type { LongColumn } from "./column-buffers.js";
import { UnreadableStored } from "./value-json.js";

const mostRanges = 12;
/** Instants closer than that belong to one stretch. */
const nearNs = 1e9;
/** A double tells instants of our time apart by 256 ns. */
const roundingNs = 1024n;

export interface InstantRange {
  readonly first: bigint;
  readonly last: bigint;
}

export class InstantRanges {
  readonly #firsts = new Float64Array(mostRanges + 1);
  readonly #lasts = new Float64Array(mostRanges + 1);
  #count = 0;
  /** Where the last one was added: the next is most often there, too. */
  #current = 0;

  /** `instant` as near as a double can tell. */
  add(instant: number): void {
    if (this.#isNear(this.#current, instant)) return this.#extend(this.#current, instant);
    for (let at = 0; at < this.#count; at++) if (this.#isNear(at, instant)) return this.#extend(at, instant);
    this.addStretch(instant, instant);
  }

  /** The instant of a row. Nearly always where the last one was: then no number is made for it, of which there are millions. */
  addFrom(instants: LongColumn, row: number): void {
    const instant = instants.nearly(row);
    const at = this.#current;
    const first = this.#firsts[at] ?? 0;
    const last = this.#lasts[at] ?? 0;
    if (at >= this.#count || instant < first - nearNs || instant > last + nearNs) this.add(instant);
    else if (instant < first) this.#firsts[at] = instant;
    else if (instant > last) this.#lasts[at] = instant;
  }

  /** Whether one is within a stretch already. */
  has(instant: number): boolean {
    if (this.#isWithin(this.#current, instant)) return true;
    for (let at = 0; at < this.#count; at++)
      if (this.#isWithin(at, instant)) {
        this.#current = at;
        return true;
      }
    return false;
  }

  copy(): InstantRanges {
    const copy = new InstantRanges();
    for (let at = 0; at < this.#count; at++) copy.addStretch(this.#firsts[at] ?? 0, this.#lasts[at] ?? 0);
    return copy;
  }

  /** All that may be between two instants. */
  addStretch(first: number, last: number): void {
    this.#current = this.#count++;
    this.#firsts[this.#current] = first;
    this.#lasts[this.#current] = last;
    if (this.#count > mostRanges) this.#joinNearest();
  }

  #isWithin(at: number, instant: number): boolean {
    return at < this.#count && instant >= (this.#firsts[at] ?? 0) && instant <= (this.#lasts[at] ?? 0);
  }

  #isNear(at: number, instant: number): boolean {
    return (
      at < this.#count && instant >= (this.#firsts[at] ?? 0) - nearNs && instant <= (this.#lasts[at] ?? 0) + nearNs
    );
  }

  #extend(at: number, instant: number): void {
    this.#current = at;
    if (instant < (this.#firsts[at] ?? 0)) this.#firsts[at] = instant;
    if (instant > (this.#lasts[at] ?? 0)) this.#lasts[at] = instant;
  }

  #joinNearest(): void {
    const order = Array.from({ length: this.#count }, (_, at) => at).sort(
      (a, b) => (this.#firsts[a] ?? 0) - (this.#firsts[b] ?? 0),
    );
    const [firsts, lasts] = [order.map((at) => this.#firsts[at] ?? 0), order.map((at) => this.#lasts[at] ?? 0)];
    let [nearest, gap] = [0, Infinity];
    for (let at = 0; at + 1 < this.#count; at++) {
      const between = (firsts[at + 1] ?? 0) - (lasts[at] ?? 0);
      if (between < gap) [nearest, gap] = [at, between];
    }
    lasts[nearest] = Math.max(lasts[nearest] ?? 0, lasts[nearest + 1] ?? 0);
    firsts.splice(nearest + 1, 1);
    lasts.splice(nearest + 1, 1);
    this.#firsts.set(firsts);
    this.#lasts.set(lasts);
    this.#count--;
    this.#current = 0;
  }

  /** As the column `ranges`: at least what was added. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(16 * this.#count);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < this.#count; at++) {
      view.setBigInt64(16 * at, BigInt(this.#firsts[at] ?? 0) - roundingNs, true);
      view.setBigInt64(16 * at + 8, BigInt(this.#lasts[at] ?? 0) + roundingNs, true);
    }
    return bytes;
  }
}

/** Throws `UnreadableStored`. */
export function rangesFromBytes(bytes: Uint8Array): InstantRange[] {
  if (bytes.length % 16 !== 0 || bytes.length > 16 * mostRanges)
    throw new UnreadableStored("ranges of the search index");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 16 }, (_, at) => {
    const [first, last] = [view.getBigInt64(16 * at, true), view.getBigInt64(16 * at + 8, true)];
    if (first > last) throw new UnreadableStored("ranges of the search index");
    return { first, last };
  });
}

/** The same instants, in order, and none of them twice. */
export function joinedRanges(ranges: readonly InstantRange[]): readonly InstantRange[] {
  const joined: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of ranges.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const before = joined.at(-1);
    if (before === undefined || first > before.last + 1n) joined.push({ first, last });
    else if (last > before.last) before.last = last;
  }
  return joined;
}
