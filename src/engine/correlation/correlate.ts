// One series against all: at which lag each goes with it best, how well, and how likely chance alone does as much.
import { type Comparable, type LaggedCorrelations, comparable, correlationsAtLags } from "./lagged-sums.js";
import { ranksOf } from "./ranks.js";
import { type SeriesGrid, seriesAt } from "./series-grid.js";
import {
  type Memory,
  afterTries,
  effectivePairs,
  memoryOf,
  memoryReach,
  twoSided,
  zOfCorrelation,
} from "./significance.js";
import { Spectra, type Spectrum } from "./spectra.js";
import { type Prepared, prepared, withoutTrend } from "./stationary.js";

export interface Correlation {
  /** Its number in the grid. */
  readonly series: number;
  readonly measure: "pearson" | "spearman";
  /** -1 to 1 at the best lag of each measure. */
  readonly pearson: number;
  readonly spearman: number;
  /** Cells by which it comes later than the one it is compared with; below zero, earlier. Of the better measure, as are those below. */
  readonly lag: number;
  /** Cells in which both have a value at that lag, and how many independent ones they are worth. */
  readonly pairs: number;
  readonly effective: number;
  readonly byDifferences: boolean;
  /** How likely chance alone gives so much in one of all series, lags and measures tried. */
  readonly p: number;
  readonly z: number;
}

/** Cells that both have to have a value in: with fewer, chance gives anything. */
export const leastPairs = 12;

export interface AtEveryLag {
  readonly byDifferences: boolean;
  readonly pearson: LaggedCorrelations;
  readonly spearman: LaggedCorrelations;
}

interface View {
  readonly spectrum: Spectrum;
  readonly pearson: Comparable;
  readonly spearman: Comparable;
  readonly memories: Readonly<Record<Correlation["measure"], Memory>>;
}

class Subject {
  readonly #prepared: Prepared;
  readonly #spectra: Spectra;
  readonly #views = new Map<boolean, View>();

  constructor(values: Float64Array, spectra: Spectra) {
    this.#prepared = prepared(values);
    this.#spectra = spectra;
  }

  get needsDifferences(): boolean {
    return this.#prepared.needsDifferences;
  }

  view(byDifferences: boolean): View {
    const known = this.#views.get(byDifferences);
    if (known !== undefined) return known;
    const { own, levels, differences } = this.#prepared;
    const pearson = comparable(byDifferences ? differences : levels);
    // Ranks are taken before the trend is: a line through outliers would order all the rest.
    const isNothing = pearson.squares.at(-1) === 0;
    const spearman = isNothing ? pearson : comparable(withoutTrend(ranksOf(byDifferences ? differences : own)));
    const spectrum = this.#spectra.of(pearson.values, spearman.values);
    const [first, second] = this.#spectra.products(spectrum, spectrum, memoryReach(own.length));
    const view: View = {
      spectrum,
      pearson,
      spearman,
      memories: { pearson: memoryOf(pearson, first), spearman: memoryOf(spearman, second) },
    };
    this.#views.set(byDifferences, view);
    return view;
  }
}

/** One series compared with all others of a grid, some at a time. `mostLag` in cells, in both directions. */
export class Correlating {
  readonly mostLag: number;
  readonly #grid: SeriesGrid;
  readonly #own: number;
  readonly #spectra: Spectra;
  readonly #subject: Subject;
  readonly #tries: number;
  readonly #found: Correlation[] = [];

  constructor(grid: SeriesGrid, series: number, mostLag: number) {
    this.mostLag = Math.max(0, Math.min(mostLag, grid.points - leastPairs));
    this.#grid = grid;
    this.#own = series;
    this.#spectra = new Spectra(grid.points, Math.max(this.mostLag, memoryReach(grid.points)));
    this.#subject = new Subject(seriesAt(grid, series), this.#spectra);
    this.#tries = Math.max(1, grid.count - 1) * (2 * this.mostLag + 1) * 2;
  }

  /** With those of [from, to). */
  compare(from: number, to: number): void {
    for (let at = from; at < to; at++) {
      if (at === this.#own) continue;
      const other = new Subject(seriesAt(this.#grid, at), this.#spectra);
      const best = compared(this.#spectra, this.#subject, other, this.mostLag);
      if (best !== undefined) this.#found.push({ ...best, series: at, p: afterTries(twoSided(best.z), this.#tries) });
    }
  }

  /** With one of them, at every lag. */
  with(at: number): AtEveryLag {
    const other = new Subject(seriesAt(this.#grid, at), this.#spectra);
    const byDifferences = this.#subject.needsDifferences || other.needsDifferences;
    const [one, another] = [this.#subject.view(byDifferences), other.view(byDifferences)];
    const [ofValues, ofRanks] = this.#spectra.products(one.spectrum, another.spectrum, this.mostLag);
    return {
      byDifferences,
      pearson: correlationsAtLags(one.pearson, another.pearson, ofValues),
      spearman: correlationsAtLags(one.spearman, another.spearman, ofRanks),
    };
  }

  /** Those that could be compared, the surest first. */
  found(): readonly Correlation[] {
    return this.#found.sort((a, b) => Math.abs(b.z) - Math.abs(a.z) || a.series - b.series);
  }
}

type Compared = Omit<Correlation, "series" | "p">;

function compared(spectra: Spectra, subject: Subject, another: Subject, mostLag: number): Compared | undefined {
  const byDifferences = subject.needsDifferences || another.needsDifferences;
  const [one, other] = [subject.view(byDifferences), another.view(byDifferences)];
  const [ofValues, ofRanks] = spectra.products(one.spectrum, other.spectrum, mostLag);
  const best = (measure: Correlation["measure"], sums: Float64Array) => {
    const share = effectivePairs(1, one.memories[measure], other.memories[measure]);
    const found = bestLag(correlationsAtLags(one[measure], other[measure], sums), share);
    return found === undefined ? undefined : { ...found, measure };
  };
  const [pearson, spearman] = [best("pearson", ofValues), best("spearman", ofRanks)];
  const [better] = [pearson, spearman]
    .flatMap((one) => (one === undefined ? [] : [one]))
    .sort((a, b) => Math.abs(b.z) - Math.abs(a.z));
  if (better === undefined) return undefined;
  const { measure, lag, pairs, effective, z } = better;
  const [ofPearson, ofSpearman] = [pearson?.r ?? Number.NaN, spearman?.r ?? Number.NaN];
  return { measure, pearson: ofPearson, spearman: ofSpearman, lag, pairs, effective, byDifferences, z };
}

interface BestLag {
  readonly r: number;
  readonly lag: number;
  readonly pairs: number;
  readonly effective: number;
  readonly z: number;
}

/** `share`: of its pairs, how many are independent. */
function bestLag({ r, pairs }: LaggedCorrelations, share: number): BestLag | undefined {
  const mostLag = (r.length - 1) / 2;
  let [best, bestZ] = [-1, -1];
  // From the middle outwards: of equals the nearest.
  for (let step = 0; step < r.length; step++) {
    const at = mostLag + (step % 2 === 0 ? -step / 2 : (step + 1) / 2);
    const [value, n] = [r[at] ?? Number.NaN, pairs[at] ?? 0];
    if (Number.isNaN(value) || n < leastPairs) continue;
    // By this and not by r: a short overlap has a high r by chance.
    const z = Math.atanh(Math.min(Math.abs(value), 1 - 1e-12)) * Math.sqrt(n);
    if (z > bestZ) [best, bestZ] = [at, z];
  }
  if (best === -1) return undefined;
  const effective = share * (pairs[best] ?? 0);
  const value = r[best] ?? 0;
  return { r: value, lag: best - mostLag, pairs: pairs[best] ?? 0, effective, z: zOfCorrelation(value, effective) };
}
