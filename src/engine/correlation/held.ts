// A value that is held between writes as a series on a grid: in each cell its average by time, gaps where it is no number
// or not known.

/** From `atNs` on; NaN where it is no number. */
export interface Step {
  readonly atNs: number;
  readonly value: number;
}

/** `steps` in the order of time, in nanoseconds since the grid begins; before the first nothing is known. */
export function heldOn(steps: readonly Step[], cells: number, cellNs: number): Float64Array {
  const [sums, known] = [new Float64Array(cells), new Float64Array(cells)];
  for (const [at, { atNs, value }] of steps.entries()) {
    if (Number.isNaN(value)) continue;
    const end = Math.min(steps[at + 1]?.atNs ?? Infinity, cells * cellNs);
    for (let from = Math.max(0, atNs); from < end;) {
      const cell = Math.min(cells - 1, Math.floor(from / cellNs));
      const until = Math.min(end, (cell + 1) * cellNs);
      sums[cell] = (sums[cell] ?? 0) + value * (until - from);
      known[cell] = (known[cell] ?? 0) + (until - from);
      // What rounding leaves of a cell would go on for ever.
      from = until > from ? until : end;
    }
  }
  return sums.map((sum, cell) => ((known[cell] ?? 0) > 0 ? sum / (known[cell] ?? 1) : Number.NaN));
}
