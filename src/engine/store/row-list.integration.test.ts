// Rows by number, where they came evenly, in bursts, many in one instant, and late: against all rows put in order.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { seeds } from "../replay/seeds.test-support.js";
import { Readers } from "./readers.js";
import { RowList } from "./row-list.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-rows-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Instants of so many rows, as SQL of `range`. */
const ways: readonly ((random: () => number) => string)[] = [
  () => "range * 1000",
  (random) => `range // ${1 + Math.floor(random() * 5000)}`,
  (random) => `${Math.floor(random() * 1e9)} + hash(range) % 1000`,
  () => "(hash(range) % 1000000000000)::BIGINT",
  (random) => `${Math.floor(random() * 1e12)}`,
];

describe("a list of rows by number", () => {
  it.each(seeds(1, 3))("has the rows that putting all in order has, while they come (seed %i)", async (seed) => {
    const random = randomFrom(seed * 17);
    const below = (limit: number): number => Math.floor(random() * limit);
    const instance = await DuckDBInstance.create(join(folder, `${seed}.db`));
    const readers = await Readers.open(instance);
    const run = (sql: string): Promise<unknown> => readers.hold((connection) => connection.run(sql));
    await run(`CREATE TABLE record (process INTEGER, seq BIGINT, instant BIGINT, kind INTEGER)`);
    await run(`CREATE TABLE eviction (events BIGINT)`);
    let generation = 0;
    const list = new RowList(readers.query, () => generation, {
      tables: [{ name: "record", evicted: "events" }],
      from: "record",
      texts: { has: () => "true", texts: [], isNamed: () => "true", severity: "t.kind" },
      narrowed: () => Promise.resolve({ from: "record", areTheSame: () => Promise.resolve(true) }),
    });
    for (let seqs = 0, turn = 0; turn < 5; turn++) {
      const rows = [1, 700, 40_000, 90_000][below(4)] ?? 1;
      const instant = ways[below(ways.length)]?.(random) ?? "range";
      await run(`INSERT INTO record SELECT 1 + range % 3, range + ${seqs}, (${instant})::BIGINT, range % 24
        FROM range(${rows})`);
      seqs += rows;
      generation++;
      for (const minSeverity of [0, 20]) {
        const all = await readers.query(
          `SELECT instant, seq FROM record WHERE kind >= $1 ORDER BY instant, process, seq`,
          [minSeverity],
        );
        const [instants, order] = [all.bigints("instant"), all.numbers("seq")];
        for (let look = 0; look < 8; look++) {
          const [first, limit] = [below(order.length + 2), 1 + below(3000)];
          const page = await list.page({ minSeverity }, { first, limit }, (chosen) => chosen);
          const at = Math.min(first, order.length);
          expect([page.first, page.total]).toEqual([at, order.length]);
          expect(page.rows.numbers("seq")).toEqual(order.slice(at, at + limit));
          const instant = (instants[below(instants.length)] ?? 0n) + BigInt(below(3) - 1);
          const last = instants.findLastIndex((one) => one <= instant);
          expect(await list.rowAt({ minSeverity }, instant)).toBe(last);
        }
      }
    }
    await readers.dispose();
    instance.closeSync();
  });
});
