// Rows in which one process's spans are drawn: given as spans begin, kept for ever, so that nothing moves when more is
// recorded or the view changes. No two spans of a row overlap; a child is below its parent, even one that has ended.
// Bounded: of ended spans only the latest are remembered as parents; past the last row, rows are shared.

const lastLane = 65_535;
export const rememberedEnds = 4096;

export class Lanes {
  /** Per row, the number of the span that occupies it; 0 is free. */
  readonly #occupants: number[] = [];
  /** Per row, when its last span ended; a span may be told of after it was over. */
  readonly #freeSince: number[] = [];
  readonly #laneOf = new Map<number, number>();
  readonly #ended: number[] = [];
  #oldestEnded = 0;

  /** A span that was given its row before; those that have ended come first, in the order of their ends. */
  restore(span: number, lane: number, isOpen: boolean): void {
    this.#addUpTo(lane);
    this.#laneOf.set(span, lane);
    this.#occupants[lane] = span;
    if (!isOpen) this.end(span, -Infinity);
  }

  begin(span: number, parent: number, since: number): number {
    const parentLane = this.#laneOf.get(parent);
    let lane = parentLane === undefined ? 0 : Math.min(parentLane + 1, lastLane);
    while (lane < lastLane && !this.#isFree(lane, since)) lane++;
    this.#addUpTo(lane);
    this.#occupants[lane] = span;
    this.#laneOf.set(span, lane);
    return lane;
  }

  #addUpTo(lane: number): void {
    while (this.#occupants.length <= lane) {
      this.#occupants.push(0);
      this.#freeSince.push(-Infinity);
    }
  }

  #isFree(lane: number, since: number): boolean {
    return (this.#occupants[lane] ?? 0) === 0 && (this.#freeSince[lane] ?? -Infinity) <= since;
  }

  end(span: number, at: number): void {
    const lane = this.#laneOf.get(span);
    if (lane === undefined || this.#occupants[lane] !== span) return;
    this.#occupants[lane] = 0;
    this.#freeSince[lane] = at;
    this.#ended.push(span);
    if (this.#ended.length - this.#oldestEnded <= rememberedEnds) return;
    this.#laneOf.delete(this.#ended[this.#oldestEnded++] ?? 0);
    if (this.#oldestEnded < rememberedEnds) return;
    this.#ended.splice(0, this.#oldestEnded);
    this.#oldestEnded = 0;
  }
}
