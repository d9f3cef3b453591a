// Columns of texts and of bytes: all of them one after the other, so that neither costs an object or a call into DuckDB.
import type { Vector } from "@duckdb/node-bindings";
import { BLOB, DuckDBBlobValue, type DuckDBType, type DuckDBValue, VARCHAR } from "@duckdb/node-api";
import { type Column, Nulls, firstCapacity, mostRowsKept } from "./column.js";
import { copyInto } from "./copy-into.js";
import { assignTexts } from "./text-vector.js";

const firstBytes = 64 * 1024;
/** Where a row ends is a number of 32 bits: a wider one would be an object for the collector whenever it is passed on. */
const mostBytes = 2 ** 32 - 1;
/** Of one very large commit no more is kept. */
const mostBytesKept = 32 * 1024 * 1024;

abstract class PackedColumn implements Column {
  abstract readonly type: DuckDBType;
  length = 0;
  #bytes = Buffer.allocUnsafe(firstBytes);
  #used = 0;
  #ends = new Uint32Array(firstCapacity);
  readonly #nulls = new Nulls();

  abstract push(value: DuckDBValue): void;

  /** Taken as they are: of a text they are UTF-8. */
  addBytes(from: Uint8Array, start: number, end: number): void {
    this.#need(end - start);
    copyInto(this.#bytes, this.#used, from, start, end);
    this.#used += end - start;
    this.#end();
  }

  addNone(): void {
    this.#nulls.add(this.length);
    this.#end();
  }

  /** A lone surrogate becomes U+FFFD. */
  protected addString(text: string): void {
    this.#need(text.length * 3);
    this.#used += this.#bytes.write(text, this.#used);
    this.#end();
  }

  /** What all rows are made of, one after the other; until something is added. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  startOf(row: number): number {
    return row === 0 ? 0 : (this.#ends[row - 1] ?? 0);
  }

  endOf(row: number): number {
    return this.#ends[row] ?? 0;
  }

  append(later: Column): void {
    if (!(later instanceof PackedColumn) || later.type !== this.type) throw new Error("columns of two kinds");
    this.#nulls.append(later.#nulls, this.length);
    for (let row = 0, start = 0; row < later.length; row++) {
      const end = later.#ends[row] ?? 0;
      this.addBytes(later.#bytes, start, end);
      start = end;
    }
  }

  copyTo(vector: Vector, start: number, count: number): void {
    assignTexts(vector, { bytes: this.#bytes, ends: this.#ends }, start, count);
    this.#nulls.copyTo(vector, start, count);
  }

  clear(): void {
    this.length = 0;
    this.#used = 0;
    this.#nulls.clear();
    if (this.#ends.length > mostRowsKept) this.#ends = new Uint32Array(firstCapacity);
    if (this.#bytes.length > mostBytesKept) this.#bytes = Buffer.allocUnsafe(firstBytes);
  }

  #end(): void {
    if (this.length === this.#ends.length) {
      const grown = new Uint32Array(2 * this.#ends.length);
      grown.set(this.#ends);
      this.#ends = grown;
    }
    this.#ends[this.length++] = this.#used;
  }

  #need(bytes: number): void {
    if (this.#used + bytes <= this.#bytes.length) return;
    if (this.#used + bytes > mostBytes) throw new Error("more bytes than one commit may have");
    const grown = Buffer.allocUnsafe(Math.max(this.#used + bytes, 2 * this.#bytes.length));
    this.#bytes.copy(grown, 0, 0, this.#used);
    this.#bytes = grown;
  }
}

/** Texts, or none, as UTF-8. */
export class TextColumn extends PackedColumn {
  readonly type = VARCHAR;

  addText(text: string): void {
    this.addString(text);
  }

  push(value: DuckDBValue): void {
    if (value === null) this.addNone();
    else if (typeof value === "string") this.addString(value);
    else throw new Error("no text for a column of them");
  }
}

/** Bytes, or none. */
export class BlobColumn extends PackedColumn {
  readonly type = BLOB;

  push(value: DuckDBValue): void {
    if (value === null) this.addNone();
    else if (value instanceof DuckDBBlobValue) this.addBytes(value.bytes, 0, value.bytes.length);
    else throw new Error("no bytes for a column of them");
  }
}
