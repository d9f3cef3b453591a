// Pages of the rows that have some texts in them, in the order of time or against it. The index says where such rows may be;
// what is there is looked through, a slice of time after the other, until the page is full or the time for one answer is up.
import { earlier, later } from "../../shared/base/earlier.js";
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import { processColumn, relative, small } from "./columns.js";
import type { Query } from "./readers.js";
import type { AllRows } from "./search-block.js";
import type { SearchBlocks } from "./search-blocks.js";
import { Candidates } from "./search-candidates.js";
import { type RowsOfKind, SearchPlan, type Step } from "./search-plan.js";
import type { InstantRange } from "./search-ranges.js";
import { tablesOf } from "./search-rows-there.js";
import { type Cursor, FoundRows, type Hit, columnsOf, inOrder } from "./search-rows.js";
import { SearchNames } from "./search-names.js";
import { type FoundPart, cursorOf, withSeries } from "./search-parts.js";
import { SearchSeries } from "./search-series.js";
import { ShortTries } from "./search-short-rows.js";
import { sources } from "./search-sources.js";
import { mostRowsPerBlock } from "./search-tables.js";
import { foundKinds, searchKinds } from "../../shared/protocol/engine-rows.js";
import { needlesFrom } from "./search-text.js";

type SearchArgs = Omit<CallArgs<"search.page">, "recordingId">;
type SearchPage = CallResult<"search.page">;

/** An answer comes after that and one more slice; what is left is behind its cursor. */
const msPerAnswer = 60;
/** Looked through at once: little at first, as a page is often full soon. */
const [firstRows, furtherRows, mostRowsAtOnce] = [4 * mostRowsPerBlock, 8 * mostRowsPerBlock, 16 * mostRowsPerBlock];
/** By what was found so far it is told how much more has to be looked at: so much more, and at least that. */
const [moreThanNeeded, leastRows] = [1.5, mostRowsPerBlock];
/** Of rows that are likely to be what is looked for, so many a row that is wanted. */
const likelyPerRow = 2;
const keptSearches = 8;
/** Instants that no row has. */
const [beforeAll, afterAll] = [-(2n ** 62n), 2n ** 62n];
const [noProcess, afterAllProcesses] = [0, 2 ** 31];

export class Search {
  readonly #blocks: SearchBlocks;
  /** What the index said of the latest searches: their further pages ask for the same. */
  readonly #candidates = new Map<string, Candidates>();

  readonly #names: SearchNames;
  readonly #series: SearchSeries;
  readonly #tries = new ShortTries();

  constructor(blocks: SearchBlocks) {
    this.#blocks = blocks;
    this.#names = new SearchNames(blocks.generation);
    this.#series = new SearchSeries(blocks.generation);
  }

  async page(query: Query, start: bigint, args: SearchArgs): Promise<SearchPage> {
    const all = await this.#blocks.all();
    const [page, series] = await Promise.all([this.#rows(query, args, all), this.#seriesOf(query, start, args)]);
    this.#blocks.kept.wanted(all.blocks);
    // Rows that are evicted meanwhile change the numbers of others.
    return (await this.#blocks.haveBeenEvicted(all))
      ? this.page(query, start, args)
      : pageOf(start, withSeries(page, series, args));
  }

  #seriesOf(query: Query, start: bigint, args: SearchArgs): Promise<readonly Hit[]> {
    const range = rangeOf(args);
    const [needles, kinds, isFurther] = [needlesFrom(args.text), args.kinds ?? foundKinds, args.after !== undefined];
    return this.#series.found(query, { needles, kinds, process: args.process, range, start, isFurther });
  }

  async #rows(query: Query, args: SearchArgs, all: AllRows): Promise<FoundPart> {
    const untilMs = performance.now() + msPerAnswer;
    const isLate = (): boolean => performance.now() > untilMs;
    const isNewestFirst = args.order === "newest";
    const needles = needlesFrom(args.text);
    let { first, last } = rangeOf(args);
    if (args.after !== undefined && isNewestFirst)
      last = earlier(last, args.after.instant - (args.after.process <= noProcess ? 1n : 0n));
    if (args.after !== undefined && !isNewestFirst)
      first = later(first, args.after.instant + (args.after.process >= afterAllProcesses ? 1n : 0n));
    const candidates = this.#candidatesFor(needles, args.process);
    const isFurther = args.after !== undefined;
    const kinds = searchKinds.filter((kind) => args.kinds?.includes(kind) ?? true);
    const plan = new SearchPlan(all, kinds, { first, last }, candidates, isNewestFirst, isFurther);
    const rows = new FoundRows(query, this.#names, args, needles, all.isByTime, this.#tries);
    const found: Hit[] = [];
    let cost = 0;
    let next: Cursor | undefined;
    let most = {
      rows: isFurther ? furtherRows : firstRows,
      likely: likelyPerRow * args.limit,
    };
    while (found.length < args.limit && first <= last) {
      const step = await plan.next(query, { first, last }, most, isLate);
      if (step === undefined) return { hits: found, next: undefined };
      if (typeof step === "bigint") {
        next = isNewestFirst ? before(step + 1n) : behind(step - 1n);
        break;
      }
      if (next !== undefined && isLate()) break;
      found.push(...(await within(rows, step, args.limit - found.length)));
      cost += step.cost;
      if (isNewestFirst) last = step.first - 1n;
      else first = step.last + 1n;
      next = isNewestFirst ? before(step.first) : behind(step.last);
      const rowsToDo =
        found.length === 0 ? Infinity : (moreThanNeeded * cost * (args.limit - found.length)) / found.length;
      most = { rows: Math.min(4 * most.rows, mostRowsAtOnce, Math.max(rowsToDo, leastRows)), likely: 4 * most.likely };
    }
    if (found.length >= args.limit) next = cursorOf(found.at(-1));
    else if (first > last) next = undefined;
    return { hits: found, next };
  }

  #candidatesFor(needles: readonly string[], process: number | undefined): Candidates {
    const key = JSON.stringify([needles, process]);
    const candidates = this.#candidates.get(key) ?? new Candidates(needles, process, this.#blocks.kept);
    this.#candidates.delete(key);
    this.#candidates.set(key, candidates);
    const [oldest] = this.#candidates.keys();
    if (this.#candidates.size > keptSearches && oldest !== undefined) this.#candidates.delete(oldest);
    return candidates;
  }
}

const rangeOf = ({ from, to }: SearchArgs): InstantRange => ({
  first: later(from ?? beforeAll, beforeAll),
  last: earlier(to ?? afterAll, afterAll),
});

/** Behind everything at this instant or later; or at this or earlier, of the oldest first. */
const before = (instant: bigint): Cursor => ({ instant, process: noProcess, seq: 0 });
const behind = (instant: bigint): Cursor => ({ instant, process: afterAllProcesses, seq: 0 });

async function within(rows: FoundRows, { kinds, first, last, isByTime }: Step, limit: number): Promise<Hit[]> {
  const found = await Promise.all(
    kinds.flatMap((some) =>
      tablesFor(some, isByTime).map((table) => rows.in(some.kind, table, { first, last }, limit)),
    ),
  );
  const sign = rows.isNewestFirst ? -1 : 1;
  const sorted = found.flat().toSorted((a, b) => sign * inOrder(a, b));
  // A span that changed may be listed, and lie among rows that are all looked at.
  return sorted.filter((hit, at) => at === 0 || !isSame(hit, sorted[at - 1])).slice(0, limit);
}

function tablesFor(rows: RowsOfKind, isByTime: boolean): string[] {
  const { table } = sources[rows.kind];
  const columns = columnsOf(rows.kind);
  if (!isByTime) return tablesOf(table, columns, rows.rows);
  return [`(SELECT ${columns} FROM ${table} AS t WHERE ${isAtInstants(rows.instants)})`];
}

/** Of rows of the table `t`. */
const isAtInstants = (ranges: readonly InstantRange[]): string =>
  `(${ranges.map(({ first, last }) => `t.instant BETWEEN ${first} AND ${last}`).join(" OR ")})`;

const isSame = (a: Hit, b: Hit | undefined): boolean => b?.kind === a.kind && inOrder(a, b) === 0;

const pageOf = (start: bigint, { hits, next }: FoundPart): SearchPage => ({
  kind: small(hits.map(({ kind }) => foundKinds.indexOf(kind))),
  process: processColumn(hits.map(({ process }) => process)),
  seq: Float64Array.from(hits, ({ seq }) => seq),
  timeNs: relative(
    hits.map(({ instant }) => instant),
    start,
  ),
  series: Uint32Array.from(hits, ({ series }) => series),
  titles: hits.map(({ title }) => title),
  fields: hits.map(({ field }) => field),
  before: hits.map(({ before }) => before),
  matched: hits.map(({ matched }) => matched),
  after: hits.map(({ after }) => after),
  next,
});
