// Rows of one table on their way into the file: kept as columns, handed to DuckDB in chunks of its vector size.
import duckdb from "@duckdb/node-bindings";
import { type DuckDBAppender, type DuckDBConnection, DuckDBDataChunk, type DuckDBValue } from "@duckdb/node-api";
import type { Column } from "./column.js";
import { inStretches } from "./in-stretches.js";

const rowsPerChunk = 2048;
/** Takes some milliseconds. */
const perStretch = 8 * rowsPerChunk;

export class TableBuffer {
  readonly #columns: readonly Column[];

  /** Columns in the table's order. Whoever adds to them directly adds to all. */
  constructor(columns: readonly Column[]) {
    this.#columns = columns;
  }

  get length(): number {
    return this.#columns[0]?.length ?? 0;
  }

  /** One value per column, in the table's order. */
  push(...row: readonly DuckDBValue[]): void {
    const columns = this.#columns;
    if (row.length !== columns.length) throw new Error(`${row.length} values for ${columns.length} columns`);
    for (let at = 0; at < row.length; at++) columns[at]?.push(row[at] ?? null);
  }

  /** Rows of the same table, after these. */
  append(later: TableBuffer): void {
    for (const [at, column] of this.#columns.entries()) {
      const more = later.#columns[at];
      if (more !== undefined) column.append(more);
    }
  }

  clear(): void {
    for (const column of this.#columns) column.clear();
  }

  appendTo(appender: DuckDBAppender): void {
    this.#appendRows(appender, 0, this.length);
  }

  /** As `appendTo`; the thread does other work in between. */
  appendInStretches(appender: DuckDBAppender): Promise<void> {
    return inStretches(this.length, (from, to) => this.#appendRows(appender, from, to), { perStretch });
  }

  #appendRows(appender: DuckDBAppender, first: number, end: number): void {
    const types = this.#columns.map(({ type }) => type);
    for (let start = first; start < end; start += rowsPerChunk) {
      const count = Math.min(rowsPerChunk, end - start);
      const chunk = DuckDBDataChunk.create(types, count);
      for (const [at, column] of this.#columns.entries())
        column.copyTo(duckdb.data_chunk_get_vector(chunk.chunk, at), start, count);
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  }

  /** Into a table that keeps no appender; `database` is where it is, when not the recording. */
  async appendInto(connection: DuckDBConnection, table: string, database: string | null = null): Promise<void> {
    const appender = await connection.createAppender(table, null, database);
    try {
      this.appendTo(appender);
    } catch (error) {
      closeQuietly(appender);
      throw error;
    }
    appender.closeSync();
  }
}

/** After a failure that is told anyway: it complains once more. */
export function closeQuietly(appender: DuckDBAppender): void {
  for (const step of [() => appender.clear(), () => appender.closeSync()])
    try {
      step();
    } catch {
      // Said by what failed before. What is not closed keeps its file open.
    }
}
