import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SearchFile } from "./search-file.test-support.js";

const folder = mkdtempSync(join(tmpdir(), "hindcast-search-rows-"));
let file: SearchFile;
beforeAll(async () => {
  file = await SearchFile.create(folder, "a.hindcast");
  await file.run(
    `INSERT INTO name BY NAME SELECT i AS id, 'Order ' || i AS text FROM range(300) AS t(i)`,
    `INSERT INTO event BY NAME SELECT 1 AS process, i + 1 AS seq, i AS instant, i AS name, '{}' AS attributes FROM range(300) AS t(i)`,
    `INSERT INTO log BY NAME SELECT 1 AS process, 500 AS seq, 500 AS instant, 4711 AS source, '{"a":"\\"Nested\\""}' AS attributes,
       repeat('👍', 50) || 'NEEdle' || repeat('é', 200) AS body`,
    `INSERT INTO write BY NAME SELECT 1 AS process, 600 AS seq, 600 AS instant, NULL AS operation, '"k"' AS key`,
  );
});
afterAll(async () => {
  await file.close();
  rmSync(folder, { recursive: true, force: true });
});

const page = (text: string) => file.search.page(file.readers.query, 0n, { text, order: "newest", limit: 1000 });

describe("FoundRows", () => {
  it("finds rows by their names, however many have the needle", async () => {
    const all = await page("order");
    expect([all.seq.length, new Set(all.fields), all.titles[0]]).toEqual([300, new Set(["name"]), "Order 299"]);
    const some = await page('"oRDER 29"');
    expect(some.titles).toEqual([...Array.from({ length: 10 }, (_, at) => `Order ${299 - at}`), "Order 29"]);
    expect([some.before[0], some.matched[0], some.after[0]]).toEqual(["", "Order 29", "9"]);
  });

  it("knows names that came with a later commit", async () => {
    expect((await page("latecomer")).seq.length).toBe(0);
    await file.run(
      `INSERT INTO name BY NAME SELECT 1000 AS id, 'a latecomer' AS text`,
      `INSERT INTO event BY NAME SELECT 1 AS process, 700 AS seq, 700 AS instant, 1000 AS name, '{}' AS attributes`,
    );
    const found = await page("latecomer");
    expect([found.titles, found.before]).toEqual([["a latecomer"], ["a "]]);
  });

  it("shows what is around a needle, by characters, as it is read", async () => {
    const { fields, before, matched, after, titles } = await page("needle");
    expect([fields, titles]).toEqual([["body"], [""]]);
    expect([before, matched, after]).toEqual([["👍".repeat(40)], ["NEEdle"], ["é".repeat(120)]]);
    const nested = await page(`"\\"nested\\""`);
    expect([nested.fields, nested.before, nested.matched]).toEqual([["attributes"], [`{"a":"`], [`"Nested"`]]);
  });

  it("shows a row that says less than others", async () => {
    const { fields, titles, after } = await page(`"\\"k\\""`);
    expect([fields, titles, after]).toEqual([["key"], [""], [""]]);
  });
});
