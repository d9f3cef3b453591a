// Samples that are so many that a look at a few minutes of them would read millions: buckets shorter than a second, made of the
// seconds that have enough samples for it to be worth their room, and of no others. The tables are no part of the format: a
// recording has them from its first such second on. Who reads them counts: a second is in them where its buckets have as many
// samples as its own bucket has, and else its samples are read.
import type { DuckDBConnection } from "@duckdb/node-api";
import { TableTaken, createTable, shapeOfTable } from "./own-table.js";
import { type Query, queryOn } from "./readers.js";
import { type Windows, columnsOf, mergedInto, metricRollup, tableOf } from "./rollups.js";
import { type Level, metricLevels } from "./zoom-levels.js";

interface DenseLevel extends Level {
  /** Of a second, so that the second is in it. */
  readonly leastSamples: number;
}

const millisecond = 1_000_000n;
/** A bucket has five samples at least, on average: its row takes the room of four. The finest first. */
const levels: readonly DenseLevel[] = [
  { name: "dense_1ms", widthNs: millisecond, leastSamples: 5000 },
  { name: "dense_10ms", widthNs: 10n * millisecond, leastSamples: 500 },
  { name: "dense_100ms", widthNs: 100n * millisecond, leastSamples: 50 },
];
export const denseLevels: readonly Level[] = levels;

const [ofSeconds = { name: "1s", widthNs: 1000n * millisecond }] = metricLevels;
/** What is dense is so by the second. */
export const secondLevel: Level = ofSeconds;

const denseTables = levels.map((level) => tableOf(metricRollup, level));
const columns: readonly string[] = [
  ...metricRollup.keys.map((key) => `${key} UINTEGER`),
  "start BIGINT",
  ...metricRollup.measures.map(([name, type]) => `${name} ${type}`),
];

/** Whether a recording has them, and they are what they should be. */
export async function hasDenseBuckets(query: Query): Promise<boolean> {
  for (const table of denseTables) if ((await shapeOfTable(query, table, columns)) !== "ours") return false;
  return true;
}

const within = (relation: string, condition: string): string =>
  `JOIN ${relation} AS w(process, since, until) ON w.process = t.process AND t.start >= w.since AND t.start < w.until
     WHERE ${condition}`;

/** Rows for the table of a level: of records, or of the level below where a second is in that. */
function fill(level: DenseLevel, { relation, condition }: Windows): string {
  const finer = levels[levels.indexOf(level) - 1];
  const most = finer === undefined ? "" : ` AND samples < ${finer.leastSamples}`;
  const seconds = `SELECT t.process, t.series, t.start AS second FROM ${tableOf(metricRollup, secondLevel)} AS t
    ${within(relation, condition)} AND samples >= ${level.leastSamples}${most}`;
  const records = `SELECT t.* FROM (${metricRollup.records}) AS t JOIN (${seconds}) AS s
    ON s.process = t.process AND s.series = t.series AND s.second = t.start - t.start % ${secondLevel.widthNs} WHERE ${condition}`;
  const buckets =
    finer === undefined
      ? ""
      : ` UNION ALL SELECT t.* FROM (SELECT ${columnsOf(metricRollup)} FROM ${tableOf(metricRollup, finer)}) AS t ${within(relation, condition)}`;
  return `INSERT INTO ${tableOf(metricRollup, level)} (${columnsOf(metricRollup)}) ${mergedInto(metricRollup, level, records + buckets)}`;
}

const clear = (level: Level, { relation, condition }: Windows): string =>
  `DELETE FROM ${tableOf(metricRollup, level)} AS t USING ${relation} AS w(process, since, until)
     WHERE w.process = t.process AND t.start >= w.since AND t.start < w.until AND ${condition}`;

/** Of a file into which nothing is recorded any more. */
export const everySecond: Windows = {
  relation: `(SELECT process, 0::BIGINT, until FROM rollup_cover)`,
  condition: "true",
};

/** Keeps them while a recording is made, each time after buckets of seconds were. */
export class DenseBuckets {
  /** Undefined: to be looked up. "taken": something else is called so, and stays as it is. */
  #state: "none" | "there" | "taken" | undefined;

  /** What came within the windows; `isAgain`: some of it may be in them. Within the caller's transaction. */
  async write(connection: DuckDBConnection, windows: Windows, isAgain: boolean): Promise<void> {
    this.#state ??= (await hasDenseBuckets(queryOn(connection))) ? "there" : "none";
    if (this.#state === "taken") return;
    if (isAgain && this.#state === "there") for (const level of levels) await connection.run(clear(level, windows));
    const found = await queryOn(connection)(
      `SELECT max(samples)::DOUBLE AS most FROM ${tableOf(metricRollup, secondLevel)} AS t ${within(windows.relation, windows.condition)}`,
    );
    const most = found.optionalNumbers("most")[0] ?? 0;
    for (const level of levels) {
      if (most < level.leastSamples) continue;
      if (!(await this.#isThere(connection))) return;
      await connection.run(fill(level, windows));
    }
  }

  /** What was made is gone with the transaction. */
  forget(): void {
    this.#state = undefined;
  }

  async #isThere(connection: DuckDBConnection): Promise<boolean> {
    if (this.#state === "there") return true;
    try {
      for (const table of denseTables) await createTable(connection, table, columns);
      this.#state = "there";
      return true;
    } catch (error) {
      if (!(error instanceof TableTaken)) throw error;
      this.#state = "taken";
      return false;
    }
  }
}

/** Of a stretch from $1 to $2, in a recording that has them. */
export const evictedDenseBuckets: readonly string[] = levels.map(
  (level) => `DELETE FROM ${tableOf(metricRollup, level)} WHERE start >= $1 AND start <= $2 - ${level.widthNs}`,
);
