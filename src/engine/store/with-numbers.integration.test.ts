import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Parameter, type Query, queryOn } from "./readers.js";
import { withNumbers } from "./with-numbers.js";

describe("numbers of a question", () => {
  let instance: DuckDBInstance;
  let query: Query;
  beforeEach(async () => {
    instance = await DuckDBInstance.create(":memory:");
    query = queryOn(await instance.connect());
  });
  afterEach(() => instance.closeSync());

  const answerTo = async (value: Parameter): Promise<unknown> => {
    const [rows, type] = [await query("SELECT $1 AS it", [value]), await query("SELECT typeof($1) AS type", [value])];
    const it = typeof value === "bigint" ? rows.bigints("it")[0] : rows.numbers("it")[0];
    return [type.texts("type")[0], it];
  };

  it("are what they are, of the type that columns are compared with", async () => {
    for (const value of [0n, -5n, 2n ** 63n - 1n, -(2n ** 63n), 1_790_000_000_123_456_789n])
      expect(await answerTo(value)).toEqual(["BIGINT", value]);
    for (const value of [0, 7, -7, 2 ** 31 - 1, -(2 ** 31)]) expect(await answerTo(value)).toEqual(["INTEGER", value]);
    for (const value of [0.1, 2 ** 31, 1 / 3, 123_456_789.123_456_79, 5e-324, 1.797e308, -2.5, Infinity, NaN])
      expect(await answerTo(value)).toEqual(["DOUBLE", value]);
  });

  it("stand for each place that names them", async () => {
    const rows = await query("SELECT 10-$1 AS a, $2 AS b, $11 AS c, $1 AS d", [-3, 2n, 0, 0, 0, 0, 0, 0, 0, 0, 11]);
    expect([rows.numbers("a"), rows.bigints("b"), rows.numbers("c"), rows.numbers("d")]).toEqual([
      [13],
      [2n],
      [11],
      [-3],
    ]);
  });

  it("are not looked for in texts and names", async () => {
    const rows = await query(`SELECT 'it''s $1' AS text, $1 AS "$1" FROM range($2) LIMIT $2`, [5, 1]);
    expect([rows.texts("text"), rows.numbers("$1")]).toEqual([["it's $1"], [5]]);
  });

  it("are bound where there is a text among them, which is never part of the SQL", async () => {
    expect(withNumbers("SELECT $1, $2", [1, "'; DROP TABLE event; --"])).toBeUndefined();
    const rows = await query("SELECT $1 AS text, $2 AS number", ["it's $2", 4]);
    expect([rows.texts("text"), rows.numbers("number")]).toEqual([["it's $2"], [4]]);
  });
});
