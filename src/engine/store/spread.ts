// Counts of buckets that are longer than the slices they are shown in.

/**
 * Adds what lies in each bucket to the slices it overlaps, by how much of it does: whole numbers that add up to the bucket's.
 * `starts`: of buckets, since the beginning of the range, before which one may begin; slices are equal parts of the range.
 */
export function spreadOver(
  slices: Uint32Array,
  lengthNs: number,
  starts: Float64Array,
  counts: Float64Array,
  widthNs: number,
): void {
  const endOf = (slice: number): number => Math.ceil(((slice + 1) * lengthNs) / slices.length);
  for (let row = 0; row < starts.length; row++) {
    const start = starts[row] ?? 0;
    const [since, until] = [Math.max(0, start), Math.min(lengthNs, start + widthNs)];
    const count = counts[row] ?? 0;
    let slice = Math.floor((since / lengthNs) * slices.length);
    // The division may have been rounded to a neighbour.
    while (slice > 0 && endOf(slice - 1) > since) slice--;
    while (endOf(slice) <= since) slice++;
    for (let given = 0; given < count; slice++) {
      const upTo = Math.floor((count * (Math.min(endOf(slice), until) - since)) / (until - since));
      slices[slice] = (slices[slice] ?? 0) + upTo - given;
      given = upTo;
    }
  }
}
