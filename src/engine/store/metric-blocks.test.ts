// Blocks against the table that they are of: a list of buckets that changes with each commit, also where it was asked before.
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { MetricBlocks } from "./metric-blocks.js";
import { bucketsSql, coversSql, processOfSeriesSql } from "./metric-sql.js";
import type { Query } from "./readers.js";
import { Rows } from "./rows.js";
import { type Level, metricLevels } from "./zoom-levels.js";

const level = finest();
const second = level.widthNs;
const start = 1_790_000_000n * second + 123n;

function finest(): Level {
  const [first] = metricLevels;
  if (first === undefined) throw new Error("no level");
  return first;
}

interface Bucket {
  readonly series: number;
  readonly begins: bigint;
  readonly samples: number;
}

class Table {
  buckets: Bucket[] = [];
  commits = 0;
  asked = 0;
  until = start;

  readonly query: Query = (sql, values = []) => {
    this.asked++;
    const [series, from = 0n, to = 0n] = values.map((value) => BigInt(value));
    if (sql === processOfSeriesSql) return rows({ process: [7] });
    if (sql === coversSql) return rows({ process: [7], until: [this.until] });
    expect(sql).toBe(bucketsSql(level));
    const own = this.buckets.filter((one) => BigInt(one.series) === series && one.begins >= from && one.begins < to);
    const samples = own.map((one) => one.samples);
    const begins = own.map((one) => one.begins);
    const nothing = own.map(() => null);
    return rows({
      // As DuckDB gives them.
      start: BigInt64Array.from(begins),
      samples: BigInt64Array.from(samples, BigInt),
      finite: BigInt64Array.from(samples, () => 0n),
      total: samples,
      least: nothing,
      least_at: nothing,
      most: nothing,
      most_at: nothing,
    });
  };
}

const rows = (columns: Parameters<typeof Rows.fromMessage>[0]): Promise<Rows> =>
  Promise.resolve(Rows.fromMessage(columns));

describe.each([
  ["with room for all", 1e9],
  ["with room for a few", 6000],
  ["without room", 0],
])("metric blocks %s", (_, mostBytes) => {
  it.each([1, 2, 3])("are what the table holds, seed %d", async (seed) => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const table = new Table();
    const blocks = new MetricBlocks(() => table.commits, { mostBytes, bucketsPerBlock: 8n });
    const bucketAt = (at: number): bigint => (start / second + BigInt(at)) * second;
    for (let turn = 0; turn < 400; turn++) {
      if (below(10) === 0) {
        table.commits++;
        table.until += second;
        // Some are made anew, not always at their place; some are evicted.
        table.buckets = table.buckets.filter(() => below(8) > 0);
        for (let more = below(40); more > 0; more--)
          table.buckets.push({ series: below(3), begins: bucketAt(below(200) - 20), samples: below(1000) });
      }
      const [series, from] = [below(3), below(200) - 20];
      const stretch = { since: bucketAt(from), until: bucketAt(from + below(120)) };
      const found = await blocks.around(table.query, start, series, level, stretch);
      const here: [number, number][] = [];
      for (const { length, ns, samples } of found)
        for (let row = 0; row < length; row++)
          if ((ns[row] ?? 0) >= Number(stretch.since - start) && (ns[row] ?? 0) < Number(stretch.until - start))
            here.push([ns[row] ?? 0, samples[row] ?? 0]);
      const slow = table.buckets
        .filter((one) => one.series === series && one.begins >= stretch.since && one.begins < stretch.until)
        .map(({ begins, samples }): [number, number] => [Number(begins - start), samples]);
      expect(here.sort(inOrder)).toEqual(slow.sort(inOrder));
      expect(await blocks.coverOf(table.query, series)).toEqual(new Map([[7, table.until]]));
      expect(blocks.bytes).toBeLessThanOrEqual(mostBytes);
    }
  });
});

const inOrder = (a: readonly [number, number], b: readonly [number, number]): number => a[0] - b[0] || a[1] - b[1];

describe("metric blocks", () => {
  it("are asked for once", async () => {
    const table = new Table();
    const blocks = new MetricBlocks(() => table.commits);
    const look = () => blocks.around(table.query, start, 1, level, { since: start, until: start + 20_000n * second });
    await look();
    expect(table.asked).toBe(1);
    await look();
    expect(table.asked).toBe(1);
    table.commits++;
    await look();
    expect(table.asked).toBe(2);
  });
});
