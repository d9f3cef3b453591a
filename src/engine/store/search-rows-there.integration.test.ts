import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { seeds } from "../replay/seeds.test-support.js";
import { Readers } from "./readers.js";
import { type RowsThere, costOf, tablesOf } from "./search-rows-there.js";

const rows = 100_000;
let instance: DuckDBInstance;
let readers: Readers;
beforeAll(async () => {
  instance = await DuckDBInstance.create(":memory:");
  await (
    await instance.connect()
  ).run(`CREATE TABLE event AS SELECT i AS number, 10 * i AS instant FROM range(${rows}) AS t(i)`);
  readers = await Readers.open(instance);
});
afterAll(async () => {
  await readers.dispose();
  instance.closeSync();
});

/** All of these rows, or those between two: with instants of their own. */
const someRows = (listed: readonly number[]): RowsThere => ({
  listed: listed.toSorted((a, b) => a - b),
  stretch: [0, 0],
  instants: instantsOf(Math.min(...listed), Math.max(...listed)),
});
const between = (first: number, last: number): RowsThere => ({
  listed: undefined,
  stretch: [first, last],
  instants: instantsOf(first, last),
});
const instantsOf = (first: number, last: number) => ({ first: 10n * BigInt(first), last: 10n * BigInt(last) });

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
        // Of several blocks, and some are told of twice.
        const lots = [0, 1, 2, 3, 4].map((lot) => [...listed].filter((row) => row % 4 === lot || row % 30 === lot));
        const all = [
          ...lots.filter(({ length }) => length > 0).map(someRows),
          ...stretches.map(([first, last]) => between(first, last)),
        ];
        for (const table of tablesOf("event", "number", all)) {
          const numbers = (await readers.query(`SELECT number FROM ${table}`)).numbers("number");
          expect(new Set(numbers).size).toBe(numbers.length);
          for (const number of numbers) found.add(number);
        }
        for (const [first, last] of stretches) for (const row of stretch(first, last - first + 1)) listed.add(row);
        expect([...listed].filter((row) => !found.has(row))).toEqual([]);
        const ordered = [...listed].toSorted((a, b) => a - b);
        // What is looked at besides lies between two that are near each other.
        for (const [at, row] of ordered.entries()) {
          const next = ordered[at + 1] ?? row;
          if (next - row <= 3500) for (const between of stretch(row, next - row)) found.delete(between);
          found.delete(row);
        }
        expect([...found]).toEqual([]);
      }
    },
  );
});

describe("instants of rows", () => {
  it("are those of the blocks they are of: DuckDB passes over all others", () => {
    const [one, other] = [between(5_000, 5_100), between(50_000, 50_100)];
    const near = someRows([5_200]);
    const [table] = tablesOf("event", "number", [other, near, one]);
    expect([...(table?.matchAll(/instant BETWEEN (\d+) AND (\d+)/g) ?? [])].map(([, ...ends]) => ends)).toEqual([
      ["50000", "52000"],
      ["500000", "501000"],
    ]);
  });
});

describe("costOf", () => {
  it("tells rows near each other from as many that are far apart", () => {
    const block = 16_384;
    expect(costOf([])).toBe(0);
    expect(costOf(stretch(0, 256))).toBeLessThan(block / 3);
    expect(costOf([...stretch(0, 256), ...stretch(4096, 256), ...stretch(8192, 256)])).toBeLessThan(block);
    expect(costOf(stretch(0, 20).map((row) => 800 * row))).toBeGreaterThan(block);
    expect(costOf(stretch(0, 20).map((row) => 10 * block * row))).toBeGreaterThan(block);
    expect(costOf(stretch(0, 20).map((row) => 10 * block * row))).toBeLessThan(2 * block);
  });

  it("reads many that are far from everything else by their numbers, and few as stretches", () => {
    const far = (count: number): string[] =>
      tablesOf("event", "number", [someRows(stretch(0, count).map((row) => 10_000 * row))]);
    expect(far(3)[0]).not.toContain("unnest");
    expect(far(10)[0]).toContain("unnest");
    expect([far(512).length, far(513).length]).toEqual([1, 2]);
  });
});
