// Rows in which one process's spans are drawn: given as spans begin, kept for ever, so that nothing moves when more is
// recorded or the view changes. No two spans of a row overlap; a child is below its parent, even one that has ended.
// Bounded: of ended spans only the latest are remembered as parents; past the last row, rows are shared.

const lastLane = 65_535;
export const rememberedEnds = 4096;

export class Lanes {
  /** Per row, the number of the span that occupies it; 0 is free. */
  readonly #occupants: number[] = [];
  readonly #laneOf = new Map<number, number>();
  readonly #ended: number[] = [];
  #oldestEnded = 0;

  /** A span that was given its row before; those that have ended come first, in the order of their ends. */
  restore(span: number, lane: number, isOpen: boolean): void {
    while (this.#occupants.length <= lane) this.#occupants.push(0);
    this.#laneOf.set(span, lane);
    this.#occupants[lane] = span;
    if (!isOpen) this.end(span);
  }

  begin(span: number, parent: number): number {
    const parentLane = this.#laneOf.get(parent);
    let lane = parentLane === undefined ? 0 : Math.min(parentLane + 1, lastLane);
    while (lane < lastLane && (this.#occupants[lane] ?? 0) !== 0) lane++;
    while (this.#occupants.length <= lane) this.#occupants.push(0);
    this.#occupants[lane] = span;
    this.#laneOf.set(span, lane);
    return lane;
  }

  end(span: number): void {
    const lane = this.#laneOf.get(span);
    if (lane === undefined || this.#occupants[lane] !== span) return;
    this.#occupants[lane] = 0;
    this.#ended.push(span);
    if (this.#ended.length - this.#oldestEnded <= rememberedEnds) return;
    this.#laneOf.delete(this.#ended[this.#oldestEnded++] ?? 0);
    if (this.#oldestEnded < rememberedEnds) return;
    this.#ended.splice(0, this.#oldestEnded);
    this.#oldestEnded = 0;
  }
}
