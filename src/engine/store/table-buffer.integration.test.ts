import { DuckDBBlobValue, DuckDBInstance, type DuckDBValue } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { LongColumn, blobs, bytes, doubles, integers, longs, shorts, texts } from "./column-buffers.js";
import { TableBuffer } from "./table-buffer.js";

const declared =
  "t UTINYINT, s USMALLINT, u UINTEGER, d DOUBLE, l BIGINT, m BIGINT, v VARCHAR, w VARCHAR, b BLOB, c BLOB";
const newTable = (): TableBuffer =>
  new TableBuffer([bytes(), shorts(), integers(), doubles(), longs(), longs(), texts(), texts(), blobs(), blobs()]);

function randomRow(random: () => number): DuckDBValue[] {
  const below = (n: number): number => Math.floor(random() * n);
  const orNone = <Value>(value: Value): Value | null => (below(3) === 0 ? null : value);
  const long = (): bigint => BigInt.asIntN(64, (BigInt(below(2 ** 32)) << 32n) | BigInt(below(2 ** 32)));
  const text = (): string => ["", "ascii", "ß€😀", "x".repeat(below(300)), '{"a":1}'][below(5)] ?? "";
  const blob = (): DuckDBBlobValue => new DuckDBBlobValue(Uint8Array.from({ length: below(20) }, () => below(256)));
  return [
    below(256),
    below(65_536),
    below(2 ** 32),
    [0.1, -0, Number.MAX_VALUE, Number.NaN, below(9)][below(5)] ?? 0,
    long(),
    orNone(long()),
    text(),
    orNone(text()),
    blob(),
    orNone(blob()),
  ];
}

const shown = (row: readonly DuckDBValue[]): string =>
  row
    .map((value) => {
      if (value instanceof DuckDBBlobValue) return Buffer.from(value.bytes).toString("hex");
      return Object.is(value, -0) ? "-0" : `${typeof value} ${String(value)}`;
    })
    .join(" | ");

describe("TableBuffer", () => {
  for (const [seed, counts, before] of [
    [1, [1], 0],
    [2, [2048], 7],
    [3, [5000], 0],
    [4, [100, 3000, 1], 3000],
    [5, [3000], 70_000],
  ] as const)
    it(`gives DuckDB the rows it was given (${counts.join(" and ")}, after ${before} that are gone)`, async () => {
      const random = randomFrom(seed);
      const instance = await DuckDBInstance.create(":memory:");
      const connection = await instance.connect();
      await connection.run(`CREATE TABLE rows (${declared})`);
      const appender = await connection.createAppender("rows");
      const expected: DuckDBValue[][] = [];
      const all = newTable();
      for (let left = before; left > 0; left--) all.push(...randomRow(random));
      all.clear();
      for (const count of counts) {
        const part = newTable();
        for (let left = count; left > 0; left--) {
          const row = randomRow(random);
          expected.push(row);
          part.push(...row);
        }
        all.append(part);
      }
      expect(all.length).toBe(expected.length);
      all.appendTo(appender);
      appender.closeSync();
      expect((await connection.runAndReadAll(`SELECT * FROM rows`)).getRows().map(shown)).toEqual(expected.map(shown));
      connection.closeSync();
      instance.closeSync();
    });

  it("refuses what a column cannot hold", () => {
    const row = randomRow(randomFrom(1));
    const wrong: readonly (readonly [column: number, value: DuckDBValue])[] = [
      [0, 256],
      [0, -1],
      [1, 0.5],
      [2, "1"],
      [2, null],
      [4, 1],
      [4, 2n ** 63n],
      [6, 1],
      [8, "text"],
    ];
    for (const [column, value] of wrong) {
      const table = newTable();
      expect(() => table.push(...row.with(column, value)), `${column}`).toThrow();
    }
  });
});

describe("LongColumn", () => {
  it("adds an instant's two words and nanoseconds as bigints add", async () => {
    const random = randomFrom(7);
    const column = new LongColumn();
    const table = new TableBuffer([column]);
    const expected: bigint[] = [];
    for (let row = 0; row < 3000; row++) {
      const origin = BigInt(Math.floor(random() * 2 ** 52)) << BigInt(Math.floor(random() * 9));
      const ns = Math.floor(random() * 2 ** ([10, 32, 40, 53, 59][row % 5] ?? 0));
      column.addSum(Number(origin >> 32n), Number(BigInt.asUintN(32, origin)), ns);
      expected.push(origin + BigInt(ns));
    }
    column.addNumber(Number.MAX_SAFE_INTEGER);
    expected.push(BigInt(Number.MAX_SAFE_INTEGER));
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await connection.run(`CREATE TABLE rows (l BIGINT)`);
    const appender = await connection.createAppender("rows");
    table.appendTo(appender);
    appender.closeSync();
    expect((await connection.runAndReadAll(`SELECT * FROM rows`)).getRows().flat()).toEqual(expected);
    connection.closeSync();
    instance.closeSync();
  });
});
