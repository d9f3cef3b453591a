// One series of a recording over a range that is cut into equal slices.
import { denseLevels } from "./dense-buckets.js";
import { denseLook } from "./dense-look.js";
import type { MetricSource } from "./metric-blocks.js";
import { type MetricRows, measuresOf, metricRowsFrom, rowsOfSamples } from "./metric-rows.js";
import { bucketsAtEndsSql, measures, mostRowsHere, samplesAtEndsSql, samplesSql } from "./metric-sql.js";
import { type Rollup, metricRollup } from "./rollups.js";
import type { Rows } from "./rows.js";
import { SliceEdges } from "./slice-edges.js";
import { SliceExtremes } from "./slice-extremes.js";
import { type Level, type Piece, type Stretch, levelsFor, metricLevels, piecesOf } from "./zoom-levels.js";
import { type CoverByProcess, rowsWithin, sliceOf } from "./zoom-query.js";

export interface Sliced {
  readonly extremes: SliceExtremes;
  /** Where all of the range was read sample by sample, those. */
  readonly samples: MetricRows | undefined;
  /** Width of the coarsest buckets used, where slices end; undefined where none are. */
  readonly coarsest: Level | undefined;
}

/** A series over equal slices of a range, both ends of which belong to it. */
export class SlicedSeries {
  readonly #range: Stretch;

  constructor(
    readonly source: MetricSource,
    readonly series: number,
    { from, to }: { readonly from: bigint; readonly to: bigint },
    readonly slices: number,
  ) {
    this.#range = { since: from, until: to + 1n };
  }

  levelsOf({ levels }: Rollup): readonly Level[] {
    return levelsFor(levels, this.#range, this.slices);
  }

  starts(): Float64Array<ArrayBuffer> {
    const { since, until } = this.#range;
    const of = (slice: number): bigint => {
      const beyond = (until - since) * BigInt(slice);
      return since - this.source.start + (beyond + BigInt(this.slices) - 1n) / BigInt(this.slices);
    };
    return Float64Array.from({ length: this.slices }, (_, slice) => Number(of(slice)));
  }

  /** What the samples of slices are like; undefined for a series that there is not. */
  async look(): Promise<Sliced | undefined> {
    const cover = await this.#cover();
    if (cover === undefined) return undefined;
    const [known, coarsest] = [[...cover.values()][0] ?? 0n, this.levelsOf(metricRollup).at(-1)];
    const dense = coarsest === undefined ? await this.#lookDense(known) : undefined;
    if (dense !== undefined) return dense;
    const edges = this.#edges(coarsest);
    const looked = edges === undefined ? undefined : await this.#lookHere(edges, known);
    return looked ?? this.#lookThere();
  }

  #edges(coarsest: Level | undefined): SliceEdges | undefined {
    return SliceEdges.of(this.#range, this.slices, this.source.start, coarsest);
  }

  /** Where slices are shorter than a second. Undefined where samples are as good, or too many are in no buckets. */
  async #lookDense(known: bigint): Promise<Sliced | undefined> {
    const coarsest = levelsFor(denseLevels, this.#range, this.slices).at(-1);
    const edges = coarsest && this.#edges(coarsest);
    if (coarsest === undefined || edges === undefined) return undefined;
    const look = await denseLook(this.source, this.series, this.#range, known, coarsest);
    if (look === undefined) return undefined;
    const extremes = new SliceExtremes(this.slices);
    const { buckets, isInBuckets, samplesSql: others } = look;
    if (others !== undefined) {
      const rows = await this.source.query(others);
      if (rows.length > mostRowsHere) return undefined;
      extremes.addWhere(
        this.#samplesOf(rows),
        (ns) => !isInBuckets(ns),
        (ns) => edges.sliceOf(ns),
      );
    }
    for (const block of buckets) extremes.addWhere(block, isInBuckets, (ns) => edges.sliceOf(ns));
    return { extremes, samples: undefined, coarsest };
  }

  /** Undefined where too many rows would have to be fetched. */
  async #lookHere(edges: SliceEdges, known: bigint): Promise<Sliced | undefined> {
    const levels = this.levelsOf(metricRollup);
    const pieces = piecesOf(levels, this.#range, known);
    const middle = pieces.at(-1);
    const extremes = new SliceExtremes(this.slices);
    const sliceOf = (ns: number): number => edges.sliceOf(ns);
    if (middle?.level === undefined) {
      const samples = await this.#samplesIn(this.#range);
      if (samples.length > mostRowsHere) return undefined;
      extremes.add(samples, -Infinity, Infinity, sliceOf);
      return { extremes, samples: levels.length === 0 ? samples : undefined, coarsest: levels.at(-1) };
    }
    const { query, start, blocks } = this.source;
    const found: (readonly [rows: readonly MetricRows[], piece: Piece])[] = [];
    const ends: Piece[] = [];
    for (const piece of pieces.slice(0, -1)) {
      const rows = piece.level && blocks.known(this.series, piece.level, piece);
      if (rows === undefined) ends.push(piece);
      else found.push([rows, piece]);
    }
    const [atEnds, inMiddle] = await Promise.all([
      this.#endsIn(ends),
      blocks.around(query, start, this.series, middle.level, middle),
    ]);
    if (atEnds.reduce((sum, { length }) => sum + length, 0) > mostRowsHere) return undefined;
    found.push([inMiddle, middle]);
    for (const rows of atEnds) extremes.add(rows, -Infinity, Infinity, sliceOf);
    for (const [rows, { since, until }] of found)
      for (const block of rows) extremes.add(block, Number(since - start), Number(until - start), sliceOf);
    return { extremes, samples: undefined, coarsest: levels.at(-1) };
  }

  async #samplesIn({ since, until }: Stretch): Promise<MetricRows> {
    return this.#samplesOf(await this.source.query(samplesSql, [this.series, since, until]));
  }

  #samplesOf(rows: Rows): MetricRows {
    return rowsOfSamples(rows.float64sSince("instant", this.source.start), rows.float64s("value"));
  }

  /** Few rows, and nearly always others: not worth a block, unless it is there. */
  async #endsIn(ends: readonly Piece[]): Promise<readonly MetricRows[]> {
    const finer = 1 + metricLevels.findLastIndex((level) => ends.some((piece) => piece.level === level));
    const boundsOf = (level: Level | undefined): bigint[] => {
      const [one, other] = ends.filter((piece) => piece.level === level);
      return [one?.since ?? 0n, one?.until ?? 0n, other?.since ?? 0n, other?.until ?? 0n];
    };
    const { query, start } = this.source;
    const samples = async (): Promise<MetricRows> =>
      this.#samplesOf(await query(samplesAtEndsSql, [this.series, ...boundsOf(undefined)]));
    const buckets = async (): Promise<MetricRows> => {
      const bounds = metricLevels.slice(0, finer).flatMap(boundsOf);
      return metricRowsFrom(await query(bucketsAtEndsSql(finer), [this.series, ...bounds]), start);
    };
    const hasSamples = ends.some(({ level }) => level === undefined);
    return Promise.all([...(hasSamples ? [samples()] : []), ...(finer > 0 ? [buckets()] : [])]);
  }

  /** Reduced by DuckDB, whatever the range and the number of rows. */
  async #lookThere(): Promise<Sliced | undefined> {
    const rows = await this.ask(metricRollup, (slice, from) => {
      const bySlice = `SELECT ${slice} AS slice, ${metricRollup.merged.join(", ")} FROM (${from}) GROUP BY slice`;
      return `SELECT slice, ${measures} FROM (${bySlice})`;
    });
    if (rows === undefined) return undefined;
    const found = measuresOf(rows, this.source.start, rows.float64s("slice"));
    const extremes = new SliceExtremes(this.slices);
    extremes.add(found, -Infinity, Infinity, (slice) => slice);
    return { extremes, samples: undefined, coarsest: this.levelsOf(metricRollup).at(-1) };
  }

  /** Undefined where there is nothing to ask about. `statement` is given the expression of a row's slice, and rows. */
  async ask(rollup: Rollup, statement: (slice: string, rows: string) => string): Promise<Rows | undefined> {
    const cover = await this.#cover();
    if (cover === undefined) return undefined;
    const levels = this.levelsOf(rollup);
    const rows = rowsWithin(rollup, levels, this.#range, cover, `series = ${this.series}`);
    return this.source.query(statement(sliceOf(levels, this.#range, this.slices), rows));
  }

  async #cover(): Promise<CoverByProcess | undefined> {
    if (this.#range.until <= this.#range.since || !Number.isSafeInteger(this.series)) return undefined;
    return this.source.blocks.coverOf(this.source.query, this.series);
  }
}
