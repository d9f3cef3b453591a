// What every column of waiting rows is able to do, whatever it holds.
import duckdb, { type Vector } from "@duckdb/node-bindings";
import type { DuckDBType, DuckDBValue } from "@duckdb/node-api";

/** What fits DuckDB's chunks, to begin with. */
export const firstCapacity = 2048;
/** What one very large commit needed is not kept for the next ones; what a flood needs each time is. */
export const mostRowsKept = 256 * 1024;

export interface Column {
  readonly type: DuckDBType;
  readonly length: number;
  /** Throws for a value of another type. */
  push(value: DuckDBValue): void;
  /** Rows of a column of the same kind, after these. */
  append(later: Column): void;
  /** `count` rows from `start` on into a vector that has room for them. */
  copyTo(vector: Vector, start: number, count: number): void;
  /** No rows any more, and room for new ones. */
  clear(): void;
}

/** Which rows hold nothing; most columns have none of them. They are told of in their order. */
export class Nulls {
  #rows: number[] = [];

  add(row: number): void {
    this.#rows.push(row);
  }

  has(row: number): boolean {
    return this.#rows[this.#firstFrom(row)] === row;
  }

  append(later: Nulls, rowsBefore: number): void {
    for (const row of later.#rows) this.#rows.push(rowsBefore + row);
  }

  clear(): void {
    if (this.#rows.length > mostRowsKept) this.#rows = [];
    else this.#rows.length = 0;
  }

  copyTo(vector: Vector, start: number, count: number): void {
    const [first, end] = [this.#firstFrom(start), this.#firstFrom(start + count)];
    if (first === end) return;
    const valid = new Uint32Array(2 * Math.ceil(count / 64)).fill(0xffff_ffff);
    for (let at = first; at < end; at++) {
      const row = (this.#rows[at] ?? 0) - start;
      valid[row >> 5] = (valid[row >> 5] ?? 0) & ~(1 << (row & 31));
    }
    duckdb.vector_ensure_validity_writable(vector);
    duckdb.copy_data_to_vector_validity(vector, 0, valid.buffer, 0, valid.byteLength);
  }

  /** How many are before a row. */
  #firstFrom(row: number): number {
    let [low, high] = [0, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rows[middle] ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
