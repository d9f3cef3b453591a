import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { seeds } from "../replay/seeds.test-support.js";
import { Readers } from "./readers.js";
import { costOf, tablesOf } from "./search-rows-there.js";

const rows = 100_000;
let instance: DuckDBInstance;
let readers: Readers;
beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  await (await instance.connect()).run(`CREATE TABLE event AS SELECT i AS number FROM range(${rows}) AS t(i)`);
  readers = await Readers.open(instance);
});
afterAll(async () => {
  await readers.dispose();
  instance.closeSync();
});

const stretch = (first: number, length: number): number[] => Array.from({ length }, (_, at) => first + at);

describe("tablesOf", () => {
  it.each(seeds(1, 2, 3))(
    "has the rows that are listed and those of stretches, and of others those between near ones (seed %i)",
    async (seed) => {
      const random = randomFrom(seed);
      const below = (limit: number): number => Math.floor(random() * limit);
      for (const [lists, stretchCount] of [
        [0, 1],
        [1, 0],
        [60, 3],
        [1200, 40],
      ] as const) {
        const listed = new Set<number>();
        for (let left = lists; left > 0; left--)
          for (const row of stretch(below(rows - 400), random() < 0.2 ? below(400) : 1)) listed.add(row);
        const stretches = Array.from({ length: stretchCount }, () => {
          const first = below(rows - 2000);
          return [first, first + below(2000)] as const;
        });
        const found = new Set<number>();
        for (const table of tablesOf("event", "number", { listed: [...listed].toSorted((a, b) => a - b), stretches }))
          for (const number of (await readers.query(`SELECT number FROM ${table}`)).numbers("number"))
            found.add(number);
        for (const [first, last] of stretches) for (const row of stretch(first, last - first + 1)) listed.add(row);
        expect([...listed].filter((row) => !found.has(row))).toEqual([]);
        const ordered = [...listed].toSorted((a, b) => a - b);
        // What is looked at besides lies between two that are near each other.
        for (const [at, row] of ordered.entries()) {
          const next = ordered[at + 1] ?? row;
          if (next - row <= 4096) for (const between of stretch(row, next - row)) found.delete(between);
          found.delete(row);
        }
        expect([...found]).toEqual([]);
      }
    },
  );
});

describe("costOf", () => {
  it("tells rows near each other from as many that are far apart", () => {
    const block = 16_384;
    expect(costOf([])).toBe(0);
    expect(costOf(stretch(0, 256))).toBeLessThan(block / 3);
    expect(costOf([...stretch(0, 256), ...stretch(4096, 256), ...stretch(8192, 256)])).toBeLessThan(block);
    expect(costOf(stretch(0, 20).map((row) => 800 * row))).toBeGreaterThan(block);
    expect(costOf(stretch(0, 20).map((row) => 10 * block * row))).toBeGreaterThan(3 * block);
    expect(costOf(stretch(0, 20).map((row) => 10 * block * row))).toBeLessThan(4 * block);
  });

  it("reads many that are far from everything else by their numbers, and few as stretches", () => {
    const far = (count: number): string[] =>
      tablesOf("event", "number", { listed: stretch(0, count).map((row) => 10_000 * row), stretches: [] });
    expect(far(3)[0]).not.toContain("unnest");
    expect(far(10)[0]).toContain("unnest");
    expect([far(512).length, far(513).length]).toEqual([1, 2]);
  });
});
