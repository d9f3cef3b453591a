import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFile, openForReading } from "./open-file.js";
import { writeAlerts } from "./alerts.js";
import { writeNotes } from "./notes.js";
import type { OpenFile } from "./open-file.js";
import { Readers } from "./readers.js";
import { createSources, sourceViews } from "./source-tables.js";
import { views } from "./schema.js";

const sample = fileURLToPath(new URL("../../../recordings/ledger-first.hindcast", import.meta.url));
const text = readFileSync(new URL("../../../docs/sql.md", import.meta.url), "utf8");
const documented = [...text.matchAll(/^\| `(\w+)` +\|[^|]+\| `([^`]+)` +\|$/gm)].map(([, view = "", columns = ""]) => [
  view,
  columns.replaceAll('"', "").split(", "),
]);
const shown = [...text.matchAll(/^```sql\n([\s\S]+?)^```$/gm)];
const typed = [...text.matchAll(/^duckdb -readonly \S+ -c "([^"]+)"$/gm)];
const named = [...text.matchAll(/`(SELECT [^`]+)`/g)];
/** Every statement that is a whole one. */
const examples = [...shown, ...typed, ...named].map(([, sql = ""]) => sql);

describe("docs/sql.md", () => {
  const folder = mkdtempSync(join(tmpdir(), "hindcast-sql-"));
  let file: OpenFile;
  let readers: Readers;
  beforeAll(async () => {
    const created = await createFile(join(folder, "empty.hindcast"), { created: 1n, appVersion: "0" });
    if (!created.ok) throw new Error(created.error.code);
    file = created.value;
    // A file has their view from its first note, alert or source on.
    const connection = await file.instance.connect();
    await writeNotes(connection, []);
    await writeAlerts(connection, []);
    await createSources(connection);
    connection.closeSync();
    readers = await Readers.open(file.instance);
  });
  afterAll(async () => {
    await readers.dispose();
    await file.dispose();
    rmSync(folder, { recursive: true });
  });

  it("names every view with all of its columns, in their order", async () => {
    const there = await Promise.all(
      [...Object.keys(views), "notes", "alerts", "alert_firings", ...Object.keys(sourceViews)].map(async (view) => [
        view,
        (await readers.query(`DESCRIBE ${view}`)).texts("column_name"),
      ]),
    );
    expect(documented).toEqual(there);
  });

  it("shows only what DuckDB understands", async () => {
    expect([shown.length, typed.length, named.length]).toEqual(
      [shown, typed, named].map(({ length }) => Math.max(1, length)),
    );
    for (const sql of examples) expect((await readers.query(sql)).length).toBeLessThanOrEqual(1);
  });

  it("shows what finds something in a recording", async () => {
    const saved = await openForReading(sample);
    if (!saved.ok) throw new Error(saved.error.code);
    const there = await Readers.open(saved.value.instance);
    const rows = async (sql: string): Promise<number> => (await there.query(sql)).length;
    for (const view of Object.keys(views)) await rows(`SELECT * FROM ${view} LIMIT 10`);
    for (const view of ["processes", "spans", "logs", "metrics", "writes", "keyframes", "marks"])
      expect([view, await rows(`SELECT * FROM ${view} LIMIT 10`)]).not.toEqual([view, 0]);
    const object = (await there.query(`SELECT object FROM writes WHERE object > 0 LIMIT 1`)).numbers("object")[0];
    const word = (await there.query(`SELECT body FROM logs WHERE body <> '' LIMIT 1`)).texts("body")[0]?.split(" ")[0];
    for (const [, sql = ""] of shown) {
      const about = sql
        .replace("object = 17", `object = ${object}`)
        .replaceAll("timeout", word?.replaceAll("'", "''") ?? "");
      expect([about, await rows(about)]).not.toEqual([about, 0]);
    }
    await there.dispose();
    await saved.value.dispose();
  });
});
