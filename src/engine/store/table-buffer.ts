// Rows of one table on their way into the file: kept as columns, handed to DuckDB in chunks of its vector size.
import { type DuckDBAppender, DuckDBDataChunk, type DuckDBType, type DuckDBValue } from "@duckdb/node-api";

const rowsPerChunk = 2048;

export class TableBuffer {
  readonly #columns: DuckDBValue[][];

  constructor(readonly types: readonly DuckDBType[]) {
    this.#columns = types.map(() => []);
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
    this.#columns.forEach((values, at) => {
      for (const value of later.#columns[at] ?? []) values.push(value);
    });
  }

  appendTo(appender: DuckDBAppender): void {
    for (let start = 0; start < this.length; start += rowsPerChunk) {
      const count = Math.min(rowsPerChunk, this.length - start);
      const chunk = DuckDBDataChunk.create(this.types, count);
      this.#columns.forEach((values, column) => {
        const vector = chunk.getColumnVector(column);
        for (let row = 0; row < count; row++) vector.setItem(row, values[start + row] ?? null);
        vector.flush();
      });
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  }
}
