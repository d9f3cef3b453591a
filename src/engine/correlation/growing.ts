// Whether what is counted over time grows and does not stop: how much more there is in the newer half than there ever was in the
// older one, less what goes up and down.

export interface Growth {
  /** Of known values. */
  readonly first: number;
  readonly last: number;
  /** 0 to 1: which part of what it went up by it never went down again. */
  readonly steady: number;
  /** How much higher the newer half gets than the older one did, as far as it is steady; 0 where it does not grow. */
  readonly score: number;
}

const leastKnown = 6;

/** NaN where nothing is known. */
export function growthOf(values: Float64Array): Growth | undefined {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length < leastKnown) return undefined;
  let [up, down] = [0, 0];
  for (let at = 1; at < known.length; at++) {
    const step = (known[at] ?? 0) - (known[at - 1] ?? 0);
    if (step > 0) up += step;
    else down -= step;
  }
  const half = Math.floor(known.length / 2);
  const more = Math.max(...known.subarray(half)) - Math.max(...known.subarray(0, half));
  const steady = up === 0 ? 0 : Math.max(0, 1 - down / up);
  return { first: known[0] ?? 0, last: known.at(-1) ?? 0, steady, score: Math.max(0, more) * steady };
}
