// What a recording need not keep any more, worked out from its limits, its size and what is pinned. No file, no clock.
import type { Limits, Pin } from "./store/flight-store.js";
import type { DiskSpace } from "./store/checkpoint.js";
import type { Stretch } from "./store/zoom-levels.js";

/** So that it is evicted a good deal now and then, not a little all the time. */
const agePart = 20n;
const sizePart = 0.15;
/**
 * Between what is in use and what the file may be: a checkpoint writes anew what was partly removed before it lets go of the
 * old, and what was committed since the last one lies in the log.
 */
const reservePart = 0.64;
const mostReservedBytes = 160 * 1024 * 1024;
/** However much comes, this much of the newest stays. */
export const leastKeptNs = 1_000_000_000n;
const second = 1_000_000_000n;

export interface SizeTarget {
  /** When so much is in use, something goes, */
  readonly mostBytes: number;
  /** until this is left. */
  readonly untilBytes: number;
}

/** `maxBytes`: of the file with its log. */
export function sizeTarget(maxBytes: number): SizeTarget {
  const mostBytes = maxBytes - Math.min(reservePart * maxBytes, mostReservedBytes);
  return { mostBytes, untilBytes: mostBytes * (1 - sizePart) };
}

/** What stays free on the disk; what is asked for instead, in tests and by whoever knows better. */
export function diskReserve(disk: DiskSpace, asked: number | undefined): number {
  return asked ?? Math.min(512 * 1024 * 1024, disk.wholeBytes / 50);
}

/** What the file may be while so much of the disk stays free; `wholeBytes`: what it is. */
export function effectiveBytes(
  { maxBytes }: Limits,
  wholeBytes: number,
  disk: DiskSpace | undefined,
  asked: number | undefined,
): number | undefined {
  if (disk === undefined) return maxBytes;
  const there = Math.max(0, wholeBytes + disk.freeBytes - diskReserve(disk, asked));
  // While there is room, a recording that is limited by time alone is not limited by size.
  if (maxBytes === undefined) return disk.freeBytes < 2 * diskReserve(disk, asked) ? there : undefined;
  return Math.min(maxBytes, there);
}

/** By age: everything before; undefined while too little of it is too old. `kept`: the oldest that there is. */
export function cutByAge({ maxAgeNs }: Limits, kept: bigint, newest: bigint): bigint | undefined {
  if (maxAgeNs === undefined || newest - kept <= maxAgeNs + maxAgeNs / agePart) return undefined;
  const cut = newest - maxAgeNs;
  return maxAgeNs < 20n * second ? cut : cut - (cut % second);
}

/** What is before `until` and not pinned, in the order of time. */
export function stretchesBefore(until: bigint, pins: readonly Pin[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let since = -(2n ** 62n);
  for (const pin of pins.toSorted((a, b) => (a.since < b.since ? -1 : 1))) {
    if (pin.since >= until) break;
    if (pin.since > since) stretches.push({ since, until: pin.since });
    if (pin.until + 1n > since) since = pin.until + 1n;
  }
  if (since < until) stretches.push({ since, until });
  return stretches;
}
