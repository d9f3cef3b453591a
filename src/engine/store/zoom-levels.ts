// Widths of time buckets, and which of them a question is answered from. Buckets are aligned to the epoch and each width
// divides the next, so that a bucket of one level is made of whole buckets of the level below.

export interface Level {
  /** As tables are called: "10s". */
  readonly name: string;
  readonly widthNs: bigint;
}

const millisecond = 1_000_000n;
const second = 1000n * millisecond;

const fine: readonly Level[] = [
  { name: "10ms", widthNs: 10n * millisecond },
  { name: "100ms", widthNs: 100n * millisecond },
];
const coarse: readonly Level[] = [
  { name: "10s", widthNs: 10n * second },
  { name: "60s", widthNs: 60n * second },
  { name: "600s", widthNs: 600n * second },
  { name: "3600s", widthNs: 3600n * second },
];

/** A multiple of the width of every level. */
export const coarsestNs = 3600n * second;
/** All levels, the finest first; what is known to them ends at a multiple of this. */
export const coverStepNs = second;
export const metricLevels: readonly Level[] = [{ name: "1s", widthNs: second }, ...coarse];
export const sketchLevels: readonly Level[] = coarse;
export const recordLevels: readonly Level[] = [...fine, ...metricLevels];

/** Nanoseconds since the epoch, `until` excluded. */
export interface Stretch {
  readonly since: bigint;
  readonly until: bigint;
}

/** The nearest instant that a column may hold. */
export function storable(instant: bigint): bigint {
  const [least, most] = [-(2n ** 63n), 2n ** 63n - 1n];
  return instant < least ? least : instant > most ? most : instant;
}

/** A stretch to be read from one level; from the records themselves where there is none. */
export interface Piece extends Stretch {
  readonly level: Level | undefined;
}

export function floorTo(widthNs: bigint, instant: bigint): bigint {
  const beyond = instant % widthNs;
  return instant - (beyond < 0n ? beyond + widthNs : beyond);
}

export const ceilTo = (widthNs: bigint, instant: bigint): bigint => -floorTo(widthNs, -instant);

/** Up to the coarsest level with `perSlice` whole buckets in a slice; none where the records themselves are needed. */
export function levelsFor(levels: readonly Level[], range: Stretch, slices: number, perSlice = 1): readonly Level[] {
  const length = range.until - range.since;
  return levels.filter(({ widthNs }) => widthNs * BigInt(Math.ceil(slices * perSlice)) <= length);
}

/**
 * Stretches that together are `range`, each record in one of them: the coarsest level in the middle, finer ones towards
 * the ends, where its buckets do not fit, and behind what a level knows: each of them knows its buckets before `known`.
 */
export function piecesOf(levels: readonly Level[], range: Stretch, known: bigint): readonly Piece[] {
  const pieces: Piece[] = [];
  const add = (level: Level | undefined, since: bigint, until: bigint): void => {
    if (since < until) pieces.push({ level, since, until });
  };
  let [middle, finer]: [Stretch, Level | undefined] = [range, undefined];
  for (const level of levels) {
    const since = ceilTo(level.widthNs, range.since);
    const until = floorTo(level.widthNs, known < range.until ? known : range.until);
    if (until <= since) break;
    add(finer, middle.since, since);
    add(finer, until, middle.until);
    [middle, finer] = [{ since, until }, level];
  }
  add(finer, middle.since, middle.until);
  return pieces;
}
