// Quantiles of many values in little room (DDSketch): each value counts in a bucket whose bounds are 1 % from its middle. Counts are
// whole numbers, so buckets are added and taken away exactly, in any order.

const accuracy = 0.01;
const gamma = (1 + accuracy) / (1 - accuracy);
const logGamma = Math.log(gamma);
/** More than any number's logarithm, so that keys of positive values are above 0 and those of negative ones below. */
const offset = 40_000;

export type Buckets = Map<number, number>;

/** Keys are in the order of the values. */
export function bucketOf(value: number): number {
  if (value === 0) return 0;
  const key = Math.ceil(Math.log(Math.abs(value)) / logGamma) + offset;
  return value > 0 ? key : -key;
}

/** The middle of a bucket. */
export function valueOf(bucket: number): number {
  if (bucket === 0) return 0;
  const value = (2 * gamma ** (Math.abs(bucket) - offset)) / (gamma + 1);
  return bucket > 0 ? value : -value;
}

/** Adds buckets to others, `times` -1 takes them away. */
export function addBuckets(to: Buckets, added: Buckets, times: 1 | -1): void {
  for (const [bucket, count] of added) {
    const sum = (to.get(bucket) ?? 0) + count * times;
    if (sum === 0) to.delete(bucket);
    else to.set(bucket, sum);
  }
}

/** By nearest rank. */
export function quantile(buckets: Buckets, count: number, share: number): number {
  if (count === 0) return NaN;
  let left = Math.max(1, Math.ceil(share * count));
  for (const bucket of [...buckets.keys()].sort((a, b) => a - b)) {
    left -= buckets.get(bucket) ?? 0;
    if (left <= 0) return valueOf(bucket);
  }
  return NaN;
}
