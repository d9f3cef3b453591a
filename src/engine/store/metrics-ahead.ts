// Buckets of metrics that are read before anybody looks, the coarsest first, while there is room for them: a look then asks only for
// what lies at the ends of its range, where no bucket fits.
import { bytesPerRow } from "./metric-rows.js";
import type { MetricSource } from "./metric-blocks.js";
import { type Level, type Stretch, metricLevels } from "./zoom-levels.js";

/** One level of one series is read at a time: up to some thousand buckets, which takes a few milliseconds. */
interface Read {
  readonly series: number;
  readonly level: Level;
}
const mostReads = 512;

export class MetricsAhead {
  #reads: readonly Read[] | undefined;
  #next = 0;

  /** How often `readMore` reads something at most. */
  static readonly most = mostReads;

  /** Of the whole of a recording. What throws, as where it is given up, is read by the next. */
  async readMore({ query, start, blocks }: MetricSource, whole: Stretch): Promise<void> {
    this.#reads ??= readsOf((await query(`SELECT id FROM series ORDER BY id`)).numbers("id"));
    for (let read = this.#reads[this.#next]; read !== undefined; read = this.#reads[++this.#next]) {
      const { series, level } = read;
      const bytes = Number((whole.until - whole.since) / level.widthNs) * bytesPerRow;
      if (blocks.bytes + bytes > blocks.limits.mostBytes) continue;
      await blocks.around(query, start, series, level, whole);
      this.#next++;
      return;
    }
  }
}

const readsOf = (series: readonly number[]): readonly Read[] =>
  metricLevels
    .toReversed()
    .flatMap((level) => series.map((one) => ({ series: one, level })))
    .slice(0, mostReads);
