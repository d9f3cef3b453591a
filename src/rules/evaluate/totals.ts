// What is known of a run of values in the order of time, such that two runs, one after the other, make one.
import type { WindowFunction } from "../plan.js";
import { type Buckets, quantile } from "./sketch.js";

export interface Totals {
  count: number;
  sum: number;
  min: number;
  max: number;
  firstNs: number;
  first: number;
  lastNs: number;
  last: number;
  /** What it grew by; where it fell it began anew at 0. */
  growth: number;
  mean: number;
  /** Sum of the squares of distances from the mean. */
  squares: number;
}

export const noTotals = (): Totals => ({
  count: 0,
  sum: 0,
  min: Infinity,
  max: -Infinity,
  firstNs: 0,
  first: 0,
  lastNs: 0,
  last: 0,
  growth: 0,
  mean: 0,
  squares: 0,
});

export function addValue(to: Totals, timeNs: number, value: number): void {
  if (to.count === 0) {
    to.firstNs = timeNs;
    to.first = value;
  } else to.growth += value >= to.last ? value - to.last : value;
  to.count += 1;
  to.sum += value;
  if (value < to.min) to.min = value;
  if (value > to.max) to.max = value;
  to.lastNs = timeNs;
  to.last = value;
  const distance = value - to.mean;
  to.mean += distance / to.count;
  to.squares += distance * (value - to.mean);
}

export function merged(earlier: Totals, later: Totals): Totals {
  if (earlier.count === 0) return later;
  if (later.count === 0) return earlier;
  const count = earlier.count + later.count;
  const distance = later.mean - earlier.mean;
  const step = later.first >= earlier.last ? later.first - earlier.last : later.first;
  return {
    count,
    sum: earlier.sum + later.sum,
    min: Math.min(earlier.min, later.min),
    max: Math.max(earlier.max, later.max),
    firstNs: earlier.firstNs,
    first: earlier.first,
    lastNs: later.lastNs,
    last: later.last,
    growth: earlier.growth + step + later.growth,
    mean: earlier.mean + (distance * later.count) / count,
    squares: earlier.squares + later.squares + (distance * distance * earlier.count * later.count) / count,
  };
}

const shares: Readonly<Record<string, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 };

/** Whose values are counted a second, whatever they are; `lengthNs` of the window, NaN where it has so many samples. */
export interface Reading {
  readonly isRecords: boolean;
  readonly lengthNs: number;
}

export function readTotals(
  read: WindowFunction,
  of: Totals,
  buckets: Buckets,
  { isRecords, lengthNs }: Reading,
): number {
  const betweenNs = of.lastNs - of.firstNs;
  switch (read) {
    case "count":
      return of.count;
    case "absent":
      return of.count === 0 ? 1 : 0;
    case "avg":
      return of.count === 0 ? NaN : of.sum / of.count;
    case "sum":
      return of.count === 0 ? NaN : of.sum;
    case "min":
      return of.count === 0 ? NaN : of.min;
    case "max":
      return of.count === 0 ? NaN : of.max;
    case "stddev":
      return of.count === 0 ? NaN : Math.sqrt(Math.max(0, of.squares) / of.count);
    case "delta":
      return of.count === 0 ? NaN : of.last - of.first;
    case "trend":
      return betweenNs === 0 ? NaN : (of.last - of.first) / (betweenNs / 60e9);
    case "rate":
      if (isRecords && !Number.isNaN(lengthNs)) return of.count / (lengthNs / 1e9);
      if (betweenNs === 0) return NaN;
      return (isRecords ? of.count : of.growth) / (betweenNs / 1e9);
    default:
      return quantile(buckets, of.count, shares[read] ?? NaN);
  }
}
