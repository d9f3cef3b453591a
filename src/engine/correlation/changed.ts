// What changed most between a baseline and a selection, on one scale. Everything that can change is looked at by one of
// three tests; what is sure is limited so that about one in twenty of it is there by chance (Benjamini and
// Hochberg). What comes in bursts counts as its bursts, and what remembers counts as few. What had begun to change before counts
// for as much as it differs from the newer half of the baseline; a count that goes along with requests is theirs: explained.ts.
import {
  type Histogram,
  binomialChance,
  distanceChance,
  distanceOf,
  countsAt,
  histogramOf,
  quantileOf,
  shareDifference,
} from "./chances.js";

/** Cells of equal width: those of the baseline, then those of the selection. */
export interface Cells {
  readonly before: number;
  readonly after: number;
}

export interface Change<Of> {
  readonly of: Of;
  /** 0 to 1: how much it differs. */
  readonly effect: number;
  readonly chance: number;
  /** A rate per cell, a share or a median. */
  readonly before: number;
  readonly after: number;
}

/** How often it happened, by cell. Fewer than `leastCount` say nothing. */
export function changeOfCount<Of>(of: Of, counts: Float64Array, cells: Cells): Change<Of> | undefined {
  const [before, after] = sidesOf(counts, cells);
  const total = before.sum + after.sum;
  if (total < leastCount) return undefined;
  const bursts = dispersion(counts, cells);
  const share = cells.after / (cells.before + cells.after);
  const [rateBefore, rateAfter] = [before.sum / cells.before, after.sum / cells.after];
  const newer = newerHalf(before.cells);
  const rateNewer = newer.reduce((sum, count) => sum + count, 0) / newer.length;
  return {
    of,
    effect: leastOfEffects(partOf(rateBefore, rateAfter), partOf(rateNewer, rateAfter)),
    chance: binomialChance(after.sum / bursts, total / bursts, share),
    before: rateBefore,
    after: rateAfter,
  };
}

/** -1 from something to nothing, 1 the other way round. */
const partOf = (before: number, after: number): number => (before === after ? 0 : (after - before) / (after + before));

/** Effects with their signs, against all of the baseline and against its newer half: 0 where those differ in which way it went. */
export const leastOfEffects = (whole: number, newer: number): number =>
  whole * newer > 0 ? Math.min(Math.abs(whole), Math.abs(newer)) : 0;

export const newerHalf = (cells: Float64Array): Float64Array => cells.subarray(Math.floor(cells.length / 2));

/** Which share of `all` it is, by cell. */
export function changeOfShare<Of>(of: Of, some: Float64Array, all: Float64Array, cells: Cells): Change<Of> | undefined {
  const [[hitsBefore, hitsAfter], [before, after]] = [sidesOf(some, cells), sidesOf(all, cells)];
  const hits = hitsBefore.sum + hitsAfter.sum;
  const total = before.sum + after.sum;
  const misses = total - hits;
  if (before.sum < leastCount || after.sum < leastCount || Math.min(hits, misses) < leastOfShare) return undefined;
  const [shareBefore, shareAfter] = [hitsBefore.sum / before.sum, hitsAfter.sum / after.sum];
  const bursts = dispersionOfShare(some, all, cells);
  const half = Math.floor(cells.before / 2);
  const sumOf = (counts: Float64Array): number =>
    counts.subarray(half, cells.before).reduce((sum, count) => sum + count, 0);
  // Of a newer half without any there is nothing to say.
  const shareNewer = sumOf(all) > 0 ? sumOf(some) / sumOf(all) : shareBefore;
  // Of the rarer of the two: how many of them lie in the selection.
  const rare = hits <= misses ? hitsAfter.sum : after.sum - hitsAfter.sum;
  return {
    of,
    effect: leastOfEffects(shareDifference(shareBefore, shareAfter), shareDifference(shareNewer, shareAfter)),
    chance: binomialChance(rare / bursts, Math.min(hits, misses) / bursts, after.sum / total),
    before: shareBefore,
    after: shareAfter,
  };
}

/** How its values are distributed; `worth` bounds how many of them are taken to be independent, `newer` counts those of the newer half of the baseline. */
export function changeOfValues<Of>(
  of: Of,
  histogram: Histogram,
  worth: Cells,
  newer: Float64Array,
): Change<Of> | undefined {
  const { distance, shift, before, after } = distanceOf(histogram);
  if (before < leastValues || after < leastValues) return undefined;
  const since = distanceOf({ ...histogram, before: newer });
  if (since.before < leastOfNewer) return undefined;
  return {
    of,
    effect: leastOfEffects(shift, since.shift),
    chance: distanceChance(distance, Math.min(before, worth.before), Math.min(after, worth.after)),
    before: quantileOf(histogram.values, histogram.before, 0.5),
    after: quantileOf(histogram.values, histogram.after, 0.5),
  };
}

/** Averages by cell of a series that is no counter, NaN where there is none. */
export function changeOfSeries<Of>(of: Of, before: Float64Array, after: Float64Array): Change<Of> | undefined {
  const known = (values: Float64Array): Float64Array => values.filter((value) => !Number.isNaN(value));
  const worth = { before: independentOf(before), after: independentOf(after) };
  const histogram = histogramOf(known(before), known(after));
  return changeOfValues(of, histogram, worth, countsAt(histogram.values, known(newerHalf(before))));
}

const leastCount = 8;
const leastOfShare = 4;
const leastValues = 6;
const leastOfNewer = 3;

/** How many independent values a stretch of a series is worth, from how much a value says of the next one. */
function independentOf(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  let [square, product] = [0, 0];
  for (const [at, value] of known.entries()) {
    square += (value - mean) ** 2;
    if (at > 0) product += (value - mean) * ((known[at - 1] ?? 0) - mean);
  }
  if (!(square > 0)) return known.length;
  const measured = product / square;
  // Short stretches seem to remember less than they do.
  const memory = Math.min(0.95, Math.max(0, measured + (1 + 3 * Math.max(0, measured)) / known.length));
  return (known.length * (1 - memory)) / (1 + memory);
}

interface Side {
  readonly sum: number;
  readonly cells: Float64Array;
}

function sidesOf(counts: Float64Array, { before }: Cells): readonly [Side, Side] {
  const side = (cells: Float64Array): Side => ({ cells, sum: cells.reduce((sum, count) => sum + count, 0) });
  return [side(counts.subarray(0, before)), side(counts.subarray(before))];
}

/** How many come at once, on average: 1 where they come independently of each other. */
function dispersion(counts: Float64Array, cells: Cells): number {
  let [sum, degrees] = [0, 0];
  for (const side of sidesOf(counts, cells)) {
    const mean = side.sum / side.cells.length;
    if (!(mean > 0)) continue;
    for (const count of side.cells) sum += (count - mean) ** 2 / mean;
    degrees += side.cells.length - 1;
  }
  return degrees > 0 ? Math.max(1, sum / degrees) : 1;
}

function dispersionOfShare(some: Float64Array, all: Float64Array, cells: Cells): number {
  let [sum, degrees] = [0, 0];
  const totals = sidesOf(all, cells);
  for (const [at, { sum: hits, cells: own }] of sidesOf(some, cells).entries()) {
    const side = totals[at];
    if (side === undefined || hits === 0 || hits === side.sum) continue;
    const share = hits / side.sum;
    for (const [cell, count] of own.entries()) {
      const expected = (side.cells[cell] ?? 0) * share;
      if (expected > 0) {
        sum += (count - expected) ** 2 / (expected * (1 - share));
        degrees++;
      }
    }
    degrees--;
  }
  return degrees > 0 ? Math.max(1, sum / degrees) : 1;
}

export interface Scored {
  /** 0 to 1: how much it differs, times how sure that is; half of it for what became better. */
  readonly score: number;
  /** Chance does not explain it, although so much was looked at. */
  readonly isSure: boolean;
}

/** Everything that differs, the most changed first. `isBetter`: faster, or failing less often. */
export function ranked<Found extends Change<unknown>>(
  looked: readonly Found[],
  isBetter: (change: Found) => boolean = () => false,
): (Found & Scored)[] {
  const sorted = looked.toSorted((a, b) => a.chance - b.chance);
  let named = 0;
  for (const [at, { chance }] of sorted.entries()) if (chance <= (mostFalse * (at + 1)) / sorted.length) named = at + 1;
  return sorted
    .map((change, at) => ({
      ...change,
      score: change.effect * sureness(change.chance) * (isBetter(change) ? 0.5 : 1),
      isSure: at < named,
    }))
    .filter(({ effect, chance }) => effect >= leastEffect && chance <= leastSure)
    .sort((a, b) => b.score - a.score || a.chance - b.chance);
}

/** What happens more often than that by itself is nobody's business. */
const leastSure = 0.25;
/** The share of what is named that may be there by chance. */
const mostFalse = 0.05;
/** Sure, and too little to matter. */
const leastEffect = 0.1;
/** One in a thousand is half sure. */
const sureness = (chance: number): number => {
  const digits = -Math.log10(Math.max(chance, 1e-300));
  return digits / (digits + 3);
};
