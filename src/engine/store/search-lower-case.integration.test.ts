import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { Readers } from "./readers.js";
import { lowered } from "./search-lower-case.js";

describe("lower case", () => {
  it("is what DuckDB makes of every character", async () => {
    const instance = await DuckDBInstance.create(":memory:");
    const readers = await Readers.open(instance);
    const rows = await readers.query(
      `SELECT i, chr(i::INTEGER) AS c, lower(chr(i::INTEGER)) AS l FROM range(1, 1114112) AS t(i) WHERE i NOT BETWEEN 55296 AND 57343`,
    );
    const [characters, lower] = [rows.texts("c"), rows.texts("l")];
    // The index may join more than DuckDB does, never less.
    const apart = characters.filter((character, at) => lowered(character) !== lowered(lower[at] ?? ""));
    expect([apart, characters.length]).toEqual([[], 1_112_063]);
    const notAscii = characters.filter((_, at) => at > 127 && /^[\0-\x7f]/.test(lower[at] ?? ""));
    expect(notAscii).toEqual(["\u0130", "\u212a"]);
    await readers.dispose();
    instance.closeSync();
  });
});
