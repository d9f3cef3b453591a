// What is looked through, in which order: from the latest instant of a range to the earliest. The index is asked about a few
// blocks first, as a page is often full soon, then about ever more of them. Of "oldest first" time runs the other way here.
import type { SearchKind } from "../../shared/protocol/engine-rows.js";
import type { Query } from "./readers.js";
import type { AllRows, Block } from "./search-block.js";
import type { Candidates } from "./search-candidates.js";
import { type InstantRange, joinedRanges } from "./search-ranges.js";
import { type RowsThere, around, costOf } from "./search-rows-there.js";
import { type Load, type Stretch, latestSlice, turned } from "./search-slices.js";

/** Blocks that the index is asked about at once: asking about many costs little more than asking about a few. */
const [firstBlocks, furtherBlocks, mostBlocksAtOnce] = [16, 48, 1024];

/** Rows that have to be looked at. */
interface Lot {
  readonly kind: SearchKind;
  readonly rows: RowsThere;
  readonly stretches: readonly Stretch[];
}

/** Of one kind: rows by their numbers, or by their instants. */
export interface RowsOfKind {
  readonly kind: SearchKind;
  readonly rows: readonly RowsThere[];
  /** None of them overlap. */
  readonly instants: readonly InstantRange[];
}

export interface Step extends InstantRange {
  /** Rows are to be asked for by their instants only. */
  readonly isByTime: boolean;
  readonly kinds: readonly RowsOfKind[];
  /** What looking at it costs, as so many rows. */
  readonly cost: number;
}

export class SearchPlan {
  readonly #unasked: readonly Block[];
  readonly #turn: <Of extends InstantRange>(range: Of) => Of;
  readonly #lots: Lot[] = [];
  readonly #hasUnknownSpans: boolean;
  readonly #isByTime: boolean;
  #asked = 0;
  #atOnce: number;

  /** Of the rows of some kinds in a range of time; `isFurther` when those at its end were looked at. */
  constructor(
    all: AllRows,
    kinds: readonly SearchKind[],
    range: InstantRange,
    readonly candidates: Candidates,
    isNewestFirst: boolean,
    isFurther: boolean,
  ) {
    this.#atOnce = isFurther ? furtherBlocks : firstBlocks;
    this.#turn = (one) => (isNewestFirst ? one : turned(one));
    const isWithin = ({ first, last }: InstantRange): boolean => first <= range.last && last >= range.first;
    this.#unasked = all.blocks
      .filter(({ kind, ranges }) => kinds.includes(kind) && ranges.some(isWithin))
      .map((block) => ({ block, last: this.#lastOf(block) }))
      .toSorted((a, b) => (a.last > b.last ? -1 : 1))
      .map(({ block }) => block);
    this.#isByTime = all.isByTime;
    this.#hasUnknownSpans = all.changedSpans === undefined;
    if (kinds.includes("span"))
      for (const { rows, ...changed } of all.changedSpans ?? []) this.#addLot("span", rows, 0, 0, [changed]);
  }

  #lastOf({ ranges }: Block): bigint {
    return ranges.map((range) => this.#turn(range).last).reduce((a, b) => (a > b ? a : b));
  }

  /**
   * The latest part of the range that has to be looked through, at most about so much of it. It stops at an instant, behind which
   * there may be more, when `isLate` says so; undefined when there is nothing left.
   */
  async next(
    query: Query,
    within: InstantRange,
    most: Load,
    isLate: () => boolean,
  ): Promise<Step | bigint | undefined> {
    const { first: from, last } = this.#turn(within);
    let to = last;
    for (;;) {
      const block = this.#unasked[this.#asked];
      const horizon = block === undefined ? undefined : this.#lastOf(block);
      if (horizon === undefined || horizon < to) {
        const begin = horizon === undefined || horizon < from ? from : horizon + 1n;
        const stretches = this.#lots.flatMap((lot) => lot.stretches);
        const slice = latestSlice(stretches, begin, to, most);
        if (slice !== undefined)
          return {
            ...this.#turn({ first: slice.first, last: slice.last }),
            kinds: this.#within(slice),
            isByTime: this.#isByTime,
            cost: slice.load.rows,
          };
        if (horizon === undefined || horizon < from) return undefined;
        to = horizon;
        if (isLate()) return this.#turn({ first: to, last: to }).first;
      }
      await this.#askOn(query);
    }
  }

  async #askOn(query: Query): Promise<void> {
    const blocks: Block[] = [];
    // Those that are known already cost nothing, and a few others nearly as much as many.
    for (let unknown = 0; unknown < this.#atOnce;) {
      const block = this.#unasked[this.#asked + blocks.length];
      if (block === undefined) break;
      blocks.push(block);
      if (!this.candidates.knows(block)) unknown++;
    }
    await this.candidates.find(query, blocks);
    // Where few have it nearly all will have to be asked about.
    this.#atOnce = blocks.some((block) => this.candidates.likelyOf(block) > 0) ? furtherBlocks : mostBlocksAtOnce;
    this.#asked += blocks.length;
    for (const block of blocks) {
      const isUnknown = block.kind === "span" && this.#hasUnknownSpans;
      const rows = isUnknown ? undefined : this.candidates.rowsOf(block);
      // That there is one: which it is nobody knows by now.
      const listed = this.#isByTime && rows?.length !== 0 ? undefined : rows;
      const likely = isUnknown ? 0 : this.candidates.likelyOf(block);
      this.#addLot(block.kind, listed, block.firstRow, block.rows, block.ranges, likely);
      // Rows elsewhere are none of the block's own.
      if (listed === undefined && !isUnknown && !this.#isByTime && block.others.length > 0)
        this.#addLot(
          block.kind,
          block.others.map(([, row]) => row),
          0,
          0,
          block.ranges,
        );
    }
  }

  #addLot(
    kind: SearchKind,
    listed: readonly number[] | undefined,
    firstRow: number,
    rows: number,
    ranges: readonly InstantRange[],
    likely = 0,
  ): void {
    const weight = listed === undefined ? rows : costOf(listed);
    if (weight === 0 || ranges.length === 0) return;
    const places = ranges.map((range) => this.#turn({ first: range.first, last: range.last }));
    const lengths = places.map(({ first, last }) => Number(last - first) + 1);
    const whole = lengths.reduce((sum, length) => sum + length, 0);
    const stretches = places.map((place, at) => {
      const share = (lengths[at] ?? 0) / whole;
      return { kind, ...place, rows: weight * share, likely: likely * share };
    });
    const there = { listed, stretch: [firstRow, firstRow + rows - 1], instants: ranges.reduce(around) } as const;
    this.#lots.push({ kind, rows: there, stretches });
  }

  #within(slice: InstantRange & { readonly kinds: readonly SearchKind[] }): RowsOfKind[] {
    return slice.kinds.map((kind) => {
      const lots = this.#lots.filter(
        (lot) =>
          lot.kind === kind && lot.stretches.some(({ first, last }) => first <= slice.last && last >= slice.first),
      );
      const instants = this.#isByTime ? joinedRanges(lots.flatMap((lot) => lot.stretches.map(this.#turn))) : [];
      return { kind, rows: lots.map(({ rows }) => rows), instants };
    });
  }
}
