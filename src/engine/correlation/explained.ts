// What goes along with requests changes as often as they come, and says nothing of its own: ten times as many requests
// write ten times as many lines. A count is compared with each stream of requests that may have caused it, too, and counts for as
// much as is left by the one that explains it best.
import { binomialChance } from "./chances.js";
import { type Cells, type Change, leastOfEffects } from "./changed.js";

/** Requests of one kind by cell. */
export interface Stream {
  readonly name: string;
  readonly counts: Float64Array;
}

export interface Explained<Of> extends Change<Of> {
  /** What is said is how much it changed besides what these explain. */
  readonly by?: string;
  /** How often it came for each of them. */
  readonly beforeEach?: number;
  readonly afterEach?: number;
}

/** In the baseline: how often something comes for each request is not known from fewer. */
const leastRequests = 8;

export function explained<Of>(
  change: Change<Of>,
  counts: Float64Array,
  streams: readonly Stream[],
  cells: Cells,
): Explained<Of> {
  const own = threeParts(counts, cells);
  let least: Explained<Of> = change;
  for (const { name, counts: requests } of streams) {
    const theirs = threeParts(requests, cells);
    if (theirs.before < leastRequests) continue;
    const left = besides(change, own, theirs, burstsOf(counts, requests, cells));
    if (left !== undefined && weight(left) < weight(least)) least = { ...left, by: name };
  }
  return least;
}

const weight = ({ effect, chance }: Change<unknown>): number => effect * -Math.log10(Math.max(chance, 1e-300));

interface Parts {
  readonly before: number;
  /** Of the newer half of the baseline. */
  readonly newer: number;
  readonly after: number;
}

function threeParts(counts: Float64Array, { before }: Cells): Parts {
  const sum = (from: number, to?: number): number => counts.subarray(from, to).reduce((all, one) => all + one, 0);
  return { before: sum(0, before), newer: sum(Math.floor(before / 2), before), after: sum(before) };
}

function besides<Of>(change: Change<Of>, own: Parts, theirs: Parts, bursts: number): Explained<Of> | undefined {
  // One of the two was there when the other was not: it explains nothing.
  if ((theirs.before === 0 && own.before > 0) || (theirs.after === 0 && own.after > 0)) return undefined;
  const each = (part: keyof Parts): number => (theirs[part] === 0 ? Number.NaN : own[part] / theirs[part]);
  const [before, newer, after] = [each("before"), each("newer"), each("after")];
  const effect = (was: number): number => (was + after > 0 ? (after - was) / (after + was) : 0);
  const total = own.before + own.after;
  const share = theirs.after / (theirs.before + theirs.after);
  return {
    ...change,
    effect: leastOfEffects(effect(before), Number.isNaN(newer) ? effect(before) : effect(newer)),
    chance: binomialChance(own.after / bursts, total / bursts, share),
    beforeEach: before,
    afterEach: after,
  };
}

/** How many come at once, of what the requests of a cell let expect. */
function burstsOf(counts: Float64Array, requests: Float64Array, { before }: Cells): number {
  let [sum, degrees] = [0, 0];
  for (const [from, to] of [
    [0, before],
    [before, counts.length],
  ] as const) {
    const [own, theirs] = [counts.subarray(from, to), requests.subarray(from, to)];
    const total = (cells: Float64Array): number => cells.reduce((all, one) => all + one, 0);
    const each = total(own) / total(theirs);
    if (!(each > 0)) continue;
    for (const [at, count] of own.entries()) {
      const expected = each * (theirs[at] ?? 0);
      // Some come a cell later than the request.
      if (expected > 0) {
        sum += (count - expected) ** 2 / expected;
        degrees++;
      }
    }
    degrees--;
  }
  return degrees > 0 ? Math.max(1, sum / degrees) : 1;
}
