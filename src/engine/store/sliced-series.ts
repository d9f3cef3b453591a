// One series of a recording over a range that is cut into equal slices.
import type { Query } from "./readers.js";
import { type Rollup, metricRollup } from "./rollups.js";
import type { Rows } from "./rows.js";
import { SliceExtremes } from "./slice-extremes.js";
import { type Level, type Stretch, levelsFor } from "./zoom-levels.js";
import { type CoverByProcess, coversOf, rowsWithin, sliceOf } from "./zoom-query.js";

/** Beyond these it takes longer to fetch rows and reduce them than to have them reduced by DuckDB. */
const mostRowsHere = 100_000;

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

  /** What the samples of slices are like; undefined for a series that there is not. */
  async extremes(query: Query): Promise<SliceExtremes | undefined> {
    const { measures, merged } = metricRollup;
    // Without NULL, and of the type they are wanted in, columns are taken as they lie in memory. `finite` says where there
    // is nothing.
    const typeOf = (name: string): string => (name.endsWith("_at") ? "BIGINT" : "DOUBLE");
    const columns = measures.map(([name]) => `coalesce(${name}, 0)::${typeOf(name)} AS ${name}`).join(", ");
    const found = await this.ask(
      query,
      metricRollup,
      (slice, rows) => `SELECT ${slice} AS slice, ${columns} FROM (${rows}) LIMIT ${mostRowsHere + 1}`,
    );
    if (found === undefined || found.length <= mostRowsHere) return found && new SliceExtremes(found, this.slices);
    const reduced = await this.ask(query, metricRollup, (slice, rows) => {
      const bySlice = `SELECT ${slice} AS slice, ${merged.join(", ")} FROM (${rows}) GROUP BY slice`;
      return `SELECT slice, ${columns} FROM (${bySlice})`;
    });
    return reduced && new SliceExtremes(reduced, this.slices);
  }

  /** Undefined where there is nothing to ask about. `statement` is given the expression of a row's slice, and rows. */
  async ask(
    query: Query,
    rollup: Rollup,
    statement: (slice: string, rows: string) => string,
  ): Promise<Rows | undefined> {
    if (this.#range.until <= this.#range.since || !Number.isSafeInteger(this.series)) return undefined;
    const cover = await this.#cover(query);
    if (cover === undefined) return undefined;
    const levels = this.levelsOf(rollup);
    const rows = rowsWithin(rollup, levels, this.#range, cover, `series = ${this.series}`);
    return query(statement(sliceOf(levels, this.#range, this.slices), rows));
  }

  /** A series belongs to one process. */
  async #cover(query: Query): Promise<CoverByProcess | undefined> {
    const [covers, rows] = await Promise.all([
      coversOf(query),
      query(`SELECT process FROM series WHERE id = $1`, [this.series]),
    ]);
    const process = rows.numbers("process")[0];
    const until = process === undefined ? undefined : covers.get(process);
    return process === undefined || until === undefined ? undefined : new Map([[process, until]]);
  }
}
