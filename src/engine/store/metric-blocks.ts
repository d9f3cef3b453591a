// Buckets of metrics that were asked for, kept for the next look at the same series: whoever zooms and pans asks for nearly the
// same again. They are kept in blocks of so many buckets of one level and series, the least recently used go first, and all
// of them when something was committed: a commit may make buckets anew, or evict them. Whether that was so nobody needs to know.
import { hasDenseBuckets } from "./dense-buckets.js";
import { type MetricRows, bytesPerRow, metricRowsFrom, splitByTime } from "./metric-rows.js";
import { bucketsSql, processOfSeriesSql } from "./metric-sql.js";
import type { Query } from "./readers.js";
import { type Level, type Stretch, floorTo } from "./zoom-levels.js";
import { type CoverByProcess, coversOf } from "./zoom-query.js";

const bucketsPerBlock = 4096n;
/** A day of ten series by the second, or an hour of two hundred and fifty. */
const mostBytes = 64 * 1024 * 1024;
/** Of a block besides its rows, nearly. */
const bytesPerBlock = 512;

/** Metrics of an open recording: how to ask, when it begins, and what was asked before. */
export interface MetricSource {
  readonly query: Query;
  readonly start: bigint;
  readonly blocks: MetricBlocks;
}

export class MetricBlocks {
  readonly #blocks = new Map<string, MetricRows>();
  readonly #processes = new Map<number, number>();
  #covers: CoverByProcess | undefined;
  /** As of the last commit; a recording that has them keeps them. */
  #hasDense: boolean | undefined;
  #bytes = 0;
  #generation: number | undefined;

  constructor(
    readonly generation: () => number,
    readonly limits = { mostBytes, bucketsPerBlock },
  ) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** Up to where levels hold a series, which belongs to one process for ever; undefined while there is no such series. */
  async coverOf(query: Query, series: number): Promise<CoverByProcess | undefined> {
    const process = this.#processes.get(series) ?? (await query(processOfSeriesSql, [series])).numbers("process")[0];
    if (process === undefined) return undefined;
    this.#processes.set(series, process);
    const generation = this.#upToDate();
    const covers = this.#covers ?? (await coversOf(query));
    if (generation === this.#generation) this.#covers = covers;
    const until = covers.get(process);
    return until === undefined ? undefined : new Map([[process, until]]);
  }

  /** Whether there are buckets shorter than a second. */
  async hasDense(query: Query): Promise<boolean> {
    const generation = this.#upToDate();
    const found = this.#hasDense ?? (await hasDenseBuckets(query));
    if (generation === this.#generation) this.#hasDense = found;
    return found;
  }

  /** As `around`, where nothing has to be asked for that. */
  known(series: number, level: Level, stretch: Stretch): readonly MetricRows[] | undefined {
    this.#upToDate();
    const blockNs = level.widthNs * this.limits.bucketsPerBlock;
    const found: MetricRows[] = [];
    for (let since = floorTo(blockNs, stretch.since); since < stretch.until; since += blockNs) {
      const block = this.#used(keyOf(series, level, since));
      if (block === undefined) return undefined;
      found.push(block);
    }
    return found;
  }

  /** Rows of a level, of all buckets that begin within the stretch, and of some around it. */
  async around(
    query: Query,
    start: bigint,
    series: number,
    level: Level,
    stretch: Stretch,
  ): Promise<readonly MetricRows[]> {
    this.#upToDate();
    const blockNs = level.widthNs * this.limits.bucketsPerBlock;
    const found: MetricRows[] = [];
    let missing: Stretch | undefined;
    const fetched: Promise<readonly MetricRows[]>[] = [];
    const fetchMissing = (): void => {
      if (missing !== undefined) fetched.push(this.#fetch(query, start, series, level, missing));
      missing = undefined;
    };
    for (let since = floorTo(blockNs, stretch.since); since < stretch.until; since += blockNs) {
      const block = this.#used(keyOf(series, level, since));
      if (block === undefined) missing = { since: missing?.since ?? since, until: since + blockNs };
      else {
        found.push(block);
        fetchMissing();
      }
    }
    fetchMissing();
    return [...found, ...(await Promise.all(fetched)).flat()];
  }

  async #fetch(query: Query, start: bigint, series: number, level: Level, whole: Stretch): Promise<MetricRows[]> {
    const generation = this.#generation;
    const rows = metricRowsFrom(await query(bucketsSql(level), [series, whole.since, whole.until]), start);
    const blockNs = level.widthNs * this.limits.bucketsPerBlock;
    const count = Number((whole.until - whole.since) / blockNs);
    const blocks = splitByTime(rows, Number(whole.since - start), Number(blockNs), count);
    // Asked before a commit, of which others know by now.
    if (generation !== this.#generation) return blocks;
    for (const [at, block] of blocks.entries())
      this.#keep(keyOf(series, level, whole.since + BigInt(at) * blockNs), block);
    return blocks;
  }

  #used(key: string): MetricRows | undefined {
    const block = this.#blocks.get(key);
    if (block === undefined) return undefined;
    this.#blocks.delete(key);
    this.#blocks.set(key, block);
    return block;
  }

  #keep(key: string, block: MetricRows): void {
    // Two may have asked for it at once.
    this.#drop(key);
    this.#blocks.set(key, block);
    this.#bytes += bytesOf(block);
    for (const oldest of this.#blocks.keys()) {
      if (this.#bytes <= this.limits.mostBytes) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const block = this.#blocks.get(key);
    if (block === undefined) return;
    this.#blocks.delete(key);
    this.#bytes -= bytesOf(block);
  }

  /** Forgets what was asked before the last commit. */
  #upToDate(): number {
    const generation = this.generation();
    if (generation === this.#generation) return generation;
    this.#generation = generation;
    this.#covers = undefined;
    if (this.#hasDense === false) this.#hasDense = undefined;
    this.#blocks.clear();
    this.#bytes = 0;
    return generation;
  }
}

const keyOf = (series: number, level: Level, since: bigint): string => `${series} ${level.name} ${since}`;
const bytesOf = ({ length }: MetricRows): number => bytesPerBlock + length * bytesPerRow;
