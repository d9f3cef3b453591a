// Ranks of the values of a series: 1 for the least, equal ones share the mean of their ranks, gaps stay gaps.

export function ranksOf(values: Float64Array): Float64Array {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const ranks = new Map<number, number>();
  for (let at = 0; at < sorted.length;) {
    const value = sorted[at] ?? 0;
    let end = at + 1;
    while (end < sorted.length && sorted[end] === value) end++;
    ranks.set(value, (at + end + 1) / 2);
    at = end;
  }
  return values.map((value) => ranks.get(value) ?? Number.NaN);
}
