// One series of a recording over a range that is cut into equal slices.
import type { Query } from "./readers.js";
import type { Rollup } from "./rollups.js";
import type { Rows } from "./rows.js";
import { type Level, type Stretch, levelsFor } from "./zoom-levels.js";
import { type CoverByProcess, rowsWithin, sliceOf } from "./zoom-query.js";

/** A series over equal slices of a range, both ends of which belong to it. */
export class SlicedSeries {
  readonly #range: Stretch;

  constructor(
    readonly series: number,
    { from, to }: { readonly from: bigint; readonly to: bigint },
    readonly slices: number,
  ) {
    this.#range = { since: from, until: to + 1n };
  }

  levelsOf({ levels }: Rollup): readonly Level[] {
    return levelsFor(levels, this.#range, this.slices);
  }

  starts(start: bigint): Float64Array<ArrayBuffer> {
    const { since, until } = this.#range;
    const of = (slice: number): bigint => {
      const beyond = (until - since) * BigInt(slice);
      return since - start + (beyond + BigInt(this.slices) - 1n) / BigInt(this.slices);
    };
    return Float64Array.from({ length: this.slices }, (_, slice) => Number(of(slice)));
  }

  /** Undefined where there is nothing to ask about. `statement` is given the expression of a row's slice, and rows. */
  async ask(
    query: Query,
    rollup: Rollup,
    statement: (slice: string, rows: string) => string,
  ): Promise<Rows | undefined> {
    if (this.#range.until <= this.#range.since) return undefined;
    const cover = await this.#cover(query);
    if (cover === undefined) return undefined;
    const levels = this.levelsOf(rollup);
    const rows = rowsWithin(rollup, levels, this.#range, cover, "series = $1");
    return query(statement(sliceOf(levels, this.#range, this.slices), rows), [this.series]);
  }

  /** A series belongs to one process. */
  async #cover(query: Query): Promise<CoverByProcess | undefined> {
    const rows = await query(
      `SELECT process, until FROM series JOIN rollup_cover USING (process) WHERE series.id = $1`,
      [this.series],
    );
    const [process, until] = [rows.numbers("process")[0], rows.bigints("until")[0]];
    return process === undefined || until === undefined ? undefined : new Map([[process, until]]);
  }
}
