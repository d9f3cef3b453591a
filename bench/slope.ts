// How fast something grows, whatever single samples say.

export interface Sample {
  readonly at: number;
  readonly value: number;
}

/** The median of the slopes between every two samples (Theil and Sen): a third of them may be anything. */
export function slopeOf(samples: readonly Sample[]): number {
  const slopes: number[] = [];
  for (const [index, a] of samples.entries())
    for (const b of samples.slice(index + 1)) if (b.at !== a.at) slopes.push((b.value - a.value) / (b.at - a.at));
  slopes.sort((a, b) => a - b);
  return slopes[slopes.length >> 1] ?? Number.NaN;
}
