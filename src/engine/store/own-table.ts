// Tables that are no part of the format: a recording has them from the first row on, whatever version made the file, and versions
// that know nothing of them read the file as before. Nothing that somebody else put there is read or written.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Query } from "./readers.js";
import { queryOn } from "./readers.js";

/** Whether there is one, and whether it is the table it should be. `columns`: each "name TYPE". */
export async function shapeOfTable(
  query: Query,
  table: string,
  columns: readonly string[],
): Promise<"none" | "ours" | "others"> {
  const here = `database_name = current_database() AND schema_name = 'main'`;
  const found = await query(
    `SELECT column_name || ' ' || data_type AS shape FROM system.main.duckdb_columns()
     WHERE ${here} AND table_name = '${table}' ORDER BY column_index`,
  );
  const shapes = found.texts("shape");
  if (shapes.length === 0) return "none";
  // A column that is computed, a check, a default: all have parentheses of their own.
  const plain = await query(
    `SELECT count(*) AS tables FROM system.main.duckdb_tables()
     WHERE ${here} AND table_name = '${table}' AND length(sql) - length(replace(sql, '(', '')) = 1`,
  );
  const isPlain = plain.numbers("tables")[0] === 1;
  return isPlain && shapes.join() === columns.join() ? "ours" : "others";
}

/** Where something else is called so. */
export class TableTaken extends Error {}

/** Where there is none. Within the caller's transaction. */
export async function createTable(
  connection: DuckDBConnection,
  table: string,
  columns: readonly string[],
): Promise<void> {
  const shape = await shapeOfTable(queryOn(connection), table, columns);
  if (shape === "others") throw new TableTaken(`its table of ${table.replaceAll("_", " ")}s is none of Hindcast's`);
  if (shape === "none") await connection.run(`CREATE TABLE ${table} (${columns.join(", ")})`);
}
