// The tables of sources. They are no part of the format: a recording has them from its first source on, and versions that
// know nothing of them read the file as before. A text is there once; so is a file with the functions in it, however many
// processes load it.
import type { DuckDBConnection } from "@duckdb/node-api";
import { shapeOfTable } from "./own-table.js";
import type { Query } from "./readers.js";

/** By table. */
export const sourceColumns = {
  source_text: ["hash VARCHAR", "text VARCHAR"],
  source_version: [
    "id UINTEGER",
    "file VARCHAR",
    "loaded VARCHAR",
    "hash VARCHAR",
    "functions VARCHAR",
    "not_instrumented VARCHAR",
    "left_out VARCHAR",
  ],
  source_use: ["process UINTEGER", "source UINTEGER"],
} as const;

export const sourceTables: readonly string[] = Object.keys(sourceColumns);

const withText = `source_use AS u JOIN source_version AS s ON s.id = u.source`;
const listed = `unnest(from_json(s.functions, '[{"line": "UINTEGER", "column": "UINTEGER", "name": "VARCHAR", "reason": "VARCHAR"}]'))`;

/** What people query: there when the tables are. */
export const sourceViews: Readonly<Record<string, string>> = {
  sources: `SELECT u.process, s.file, s.loaded, nullif(s.hash, '') AS hash, t.text, nullif(s.left_out, '') AS left_out,
    nullif(s.not_instrumented, '') AS not_instrumented FROM ${withText} LEFT JOIN source_text AS t ON t.hash = s.hash`,
  functions: `SELECT process, file, f.line AS line, f."column" AS "column", f.name AS function, f.reason AS not_instrumented
    FROM (SELECT u.process, s.file, ${listed} AS f FROM ${withText})`,
};

/** Within the caller's transaction. */
export async function createSources(connection: DuckDBConnection): Promise<void> {
  for (const [name, columns] of Object.entries(sourceColumns))
    await connection.run(`CREATE TABLE IF NOT EXISTS ${name} (${columns.join(", ")})`);
  for (const [name, query] of Object.entries(sourceViews))
    await connection.run(`CREATE OR REPLACE VIEW ${name} AS ${query}`);
}

/** Whether a recording has them, as they should be: nothing that somebody else called so is read. */
export async function hasSources(query: Query): Promise<boolean> {
  for (const [table, columns] of Object.entries(sourceColumns))
    if ((await shapeOfTable(query, table, columns)) !== "ours") return false;
  return true;
}
