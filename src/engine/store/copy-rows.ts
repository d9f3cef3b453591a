// Rows of an open recording into the tables of another file, chunk by chunk, for somebody who waits: nothing of it is in
// memory for longer than a chunk.
import { chmod } from "node:fs/promises";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { Asker } from "../../shared/base/asker.js";
import { throwIfCancelled } from "../../shared/base/cancel.js";
import type { Disposables } from "../../shared/base/disposables.js";
import { copySettings } from "./file-settings.js";
import { createTables } from "./open-file.js";
import type { RedactedRows } from "./redacted-rows.js";
import { queryOn } from "./readers.js";
import { Rows } from "./rows.js";
import { createSources, hasSources } from "./source-tables.js";
import { closeQuietly } from "./table-buffer.js";

/** The target cannot be written, as opposed to the source not being readable, which goes to the caller as it is. */
export class WritingFailed extends Error {}

export interface Table {
  readonly name: string;
  /** All of them, as they stand in a list of SQL. */
  readonly columns: string;
}

export interface TableRows {
  readonly name: string;
  /** What is asked of the source: all columns of the table, in order. */
  readonly rows: string;
}

export async function writing<Value>(work: () => Promise<Value> | Value): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw new WritingFailed("the copy cannot be written", { cause: error });
  }
}

/** A new file with all tables and nothing in them, for as long as `owned` has it; in a transaction of its own. */
export async function newFileFor(
  source: DuckDBConnection,
  part: string,
  owned: Disposables,
): Promise<DuckDBConnection> {
  const settings = copySettings(await usedBytes(source));
  const instance = await writing(() => DuckDBInstance.create(part, settings));
  owned.defer(() => instance.closeSync());
  const target = await writing(() => instance.connect());
  owned.defer(() => target.closeSync());
  await writing(async () => {
    await chmod(part, 0o600);
    await target.run("BEGIN");
    await createTables(target);
    if (await hasSources(queryOn(source))) await createSources(target);
  });
  return target;
}

export interface Copying {
  /** What is taken out of them on their way. */
  readonly redacted?: RedactedRows | undefined;
  /** Awaited whenever so many more rows are in a table, and when it is whole. */
  readonly after?: { readonly rows: number; readonly step: () => Promise<void> } | undefined;
}

/** Throws `Cancelled`. */
export async function copyRows(
  source: DuckDBConnection,
  target: DuckDBConnection,
  tables: readonly TableRows[],
  { signal, tell }: Asker,
  { redacted, after }: Copying = {},
): Promise<void> {
  const total = await countRows(source, tables);
  let [done, sinceStep] = [0, 0];
  for (const table of tables) {
    const appender = await writing(() => target.createAppender(table.name));
    try {
      const stored = await source.stream(table.rows);
      const [names, types] = [stored.columnNames(), stored.columnTypes()];
      for (;;) {
        throwIfCancelled(signal);
        const chunk = await stored.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) break;
        const leaving = redacted?.chunk(table.name, names, types, chunk) ?? chunk;
        if (leaving.rowCount > 0) await writing(() => appender.appendDataChunk(leaving));
        done += chunk.rowCount;
        sinceStep += chunk.rowCount;
        tell({ done, total, unit: "rows" });
        if (after === undefined || sinceStep < after.rows) continue;
        await writing(() => appender.flushSync());
        await after.step();
        sinceStep = 0;
      }
      await writing(() => appender.flushSync());
    } finally {
      closeQuietly(appender);
    }
    if (after !== undefined && sinceStep > 0) await after.step();
    sinceStep = 0;
  }
}

async function usedBytes(source: DuckDBConnection): Promise<number> {
  const sizes = await Rows.from(
    await source.run(
      `SELECT (block_size * used_blocks)::DOUBLE AS used FROM pragma_database_size()
       WHERE database_name = current_database()`,
    ),
  );
  return sizes.numbers("used")[0] ?? 0;
}

/** Of the new file: the tables of this format, whatever else somebody has put into the recording. */
export async function tablesOf(connection: DuckDBConnection): Promise<readonly Table[]> {
  const found = await Rows.from(
    await connection.run(
      `SELECT table_name AS name, string_agg('"' || column_name || '"', ', ' ORDER BY column_index) AS columns
       FROM duckdb_columns() JOIN duckdb_tables() USING (table_oid, table_name)
       GROUP BY table_oid, table_name ORDER BY table_oid`,
    ),
  );
  const columns = found.texts("columns");
  return found.texts("name").map((name, index) => ({ name, columns: columns[index] ?? "" }));
}

async function countRows(source: DuckDBConnection, tables: readonly TableRows[]): Promise<number> {
  if (tables.length === 0) return 0;
  const counts = tables.map(({ rows }) => `SELECT count(*) AS rows FROM (${rows})`).join(" UNION ALL ");
  const total = await Rows.from(await source.run(`SELECT sum(rows)::DOUBLE AS total FROM (${counts})`));
  return total.numbers("total")[0] ?? 0;
}
