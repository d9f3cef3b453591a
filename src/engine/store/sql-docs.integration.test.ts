import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFile } from "./open-file.js";
import type { OpenFile } from "./open-file.js";
import { Readers } from "./readers.js";
import { views } from "./schema.js";

const text = readFileSync(new URL("../../../docs/sql.md", import.meta.url), "utf8");
const documented = [...text.matchAll(/^\| `(\w+)` +\|[^|]+\| `([^`]+)` +\|$/gm)].map(([, view = "", columns = ""]) => [
  view,
  columns.replaceAll('"', "").split(", "),
]);
const examples = [...text.matchAll(/^```sql\n([\s\S]+?)^```$/gm)].map(([, sql = ""]) => sql);

describe("docs/sql.md", () => {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-sql-"));
  let file: OpenFile;
  let readers: Readers;
  beforeAll(async () => {
    const created = await createFile(join(folder, "empty.hindcast"), { created: 1n, appVersion: "0" });
    if (!created.ok) throw new Error(created.error.code);
    file = created.value;
    readers = await Readers.open(file.instance);
  });
  afterAll(async () => {
    await readers.dispose();
    await file.dispose();
    rmSync(folder, { recursive: true });
  });

  it("names every view with all of its columns, in their order", async () => {
    const there = await Promise.all(
      Object.keys(views).map(async (view) => [view, (await readers.query(`DESCRIBE ${view}`)).texts("column_name")]),
    );
    expect(documented).toEqual(there);
  });

  it("shows only what DuckDB understands", async () => {
    expect(examples.length).toBeGreaterThan(1);
    for (const sql of examples) expect((await readers.query(sql)).length).toBe(0);
  });
});
