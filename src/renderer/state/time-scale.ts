// Pixels from nanoseconds and back, and where to put the ticks. Offsets are nanoseconds since the recording's start.
import { shownZone } from "./zone.svelte.js";

export interface NsRange {
  readonly fromNs: number;
  readonly toNs: number;
}

export const pxFromNs = (range: NsRange, widthPx: number, ns: number): number =>
  ((ns - range.fromNs) / (range.toNs - range.fromNs)) * widthPx;

export const nsFromPx = (range: NsRange, widthPx: number, px: number): number =>
  range.fromNs + (px / widthPx) * (range.toNs - range.fromNs);

export const spanOf = (range: NsRange): number => range.toNs - range.fromNs;

/** The closest two instants may come on screen: below this neither clocks nor doubles tell them apart. */
export const shortestSpanNs = 1000;

/** The range made `factor` times as long around `aboutNs`, kept within `limit`. */
export function zoomed(range: NsRange, factor: number, aboutNs: number, limit: NsRange): NsRange {
  const span = Math.min(Math.max(spanOf(range) * factor, shortestSpanNs), Math.max(spanOf(limit), shortestSpanNs));
  const share = spanOf(range) > 0 ? (aboutNs - range.fromNs) / spanOf(range) : 0.5;
  return within({ fromNs: aboutNs - share * span, toNs: aboutNs + (1 - share) * span }, limit);
}

/** The range, or the shortest one around its middle when it is shorter than that: a selection may be one instant. */
export function visible(range: NsRange): NsRange {
  if (spanOf(range) >= shortestSpanNs) return range;
  const middle = (range.fromNs + range.toNs) / 2;
  return { fromNs: middle - shortestSpanNs / 2, toNs: middle + shortestSpanNs / 2 };
}

/** The range moved, not shortened, into `limit`; all of `limit` when it does not fit. */
export function within(range: NsRange, limit: NsRange): NsRange {
  const span = spanOf(range);
  if (span >= spanOf(limit)) return limit;
  const fromNs = Math.min(Math.max(range.fromNs, limit.fromNs), limit.toNs - span);
  return { fromNs, toNs: fromNs + span };
}

const secondNs = 1e9;
const minuteNs = 60 * secondNs;
const hourNs = 60 * minuteNs;
const roundSteps: readonly number[] = [
  ...[1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8].flatMap((power) => [power, 2 * power, 5 * power]),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * secondNs),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minuteNs),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * hourNs),
];

export interface Ticks {
  readonly stepNs: number;
  readonly offsetsNs: readonly number[];
}

/**
 * Round instants within the range, at least `gapPx` apart. `start` is the recording's start: ticks are round on the
 * clock, not from the start. `zoneMinutes` is the clock's distance from UTC, so that hours are local hours.
 */
export function ticksOf(range: NsRange, widthPx: number, gapPx: number, start: bigint, zoneMinutes: number): Ticks {
  const span = spanOf(range);
  if (!(span > 0) || !(widthPx > 0)) return { stepNs: secondNs, offsetsNs: [] };
  const leastNs = (span * gapPx) / widthPx;
  const stepNs = roundSteps.find((step) => step >= leastNs) ?? Math.ceil(leastNs / (24 * hourNs)) * 24 * hourNs;
  const local = start + BigInt(zoneMinutes) * BigInt(minuteNs);
  const phase = Number(local % BigInt(stepNs));
  const first = Math.ceil((range.fromNs + phase) / stepNs) * stepNs - phase;
  const offsetsNs: number[] = [];
  for (let ns = first; ns <= range.toNs; ns += stepNs) offsetsNs.push(ns);
  return { stepNs, offsetsNs };
}

/** Minutes to add to UTC for the shown clock at an instant. */
export const zoneMinutesAt = (at: bigint): number =>
  shownZone() === "utc" ? 0 : -new Date(Number(at / 1_000_000n)).getTimezoneOffset();
