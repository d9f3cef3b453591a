// Columns of rows on their way into the file: typed arrays that DuckDB takes whole, and texts as bytes one after the other.
// A value costs no object and no call into DuckDB until its chunk is filled.
import duckdb, { type Vector } from "@duckdb/node-bindings";
import {
  BIGINT,
  BLOB,
  DOUBLE,
  DuckDBBlobValue,
  type DuckDBType,
  type DuckDBValue,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  VARCHAR,
} from "@duckdb/node-api";
import { copyInto } from "./copy-into.js";
import { assignTexts } from "./text-vector.js";

/** What fits DuckDB's chunks, to begin with. */
const firstCapacity = 2048;
const firstTextBytes = 64 * 1024;
/** What one very large commit needed is not kept for the next ones; what a flood needs each time is. */
const mostRowsKept = 256 * 1024;
const mostTextBytesKept = 32 * 1024 * 1024;

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

/** Which rows hold nothing; most columns have none of them. */
class Nulls {
  #rows: Set<number> | undefined;

  add(row: number): void {
    (this.#rows ??= new Set()).add(row);
  }

  has(row: number): boolean {
    return this.#rows?.has(row) === true;
  }

  append(later: Nulls, rowsBefore: number): void {
    for (const row of later.#rows ?? []) this.add(rowsBefore + row);
  }

  clear(): void {
    this.#rows = undefined;
  }

  copyTo(vector: Vector, start: number, count: number): void {
    if (this.#rows === undefined) return;
    const valid = new BigUint64Array(Math.ceil(count / 64)).fill(2n ** 64n - 1n);
    let hasNull = false;
    for (const row of this.#rows) {
      const at = row - start;
      if (at < 0 || at >= count) continue;
      hasNull = true;
      valid[at >> 6] = (valid[at >> 6] ?? 0n) & ~(1n << BigInt(at & 63));
    }
    if (!hasNull) return;
    duckdb.vector_ensure_validity_writable(vector);
    duckdb.copy_data_to_vector_validity(vector, 0, valid.buffer, 0, valid.byteLength);
  }
}

type Numbers =
  Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** Numbers of a fixed width. */
export class NumberColumn implements Column {
  length = 0;
  #values: Numbers;

  constructor(
    readonly type: DuckDBType,
    readonly make: (length: number) => Numbers,
  ) {
    this.#values = make(firstCapacity);
  }

  add(value: number): void {
    if (this.length === this.#values.length) this.#grow(this.length + 1);
    this.#values[this.length++] = value;
  }

  at(row: number): number {
    return this.#values[row] ?? 0;
  }

  push(value: DuckDBValue): void {
    if (typeof value !== "number") throw new Error(`no number for a column of ${this.type.toString()}`);
    this.add(value);
    const kept = this.#values[this.length - 1];
    if (!Object.is(kept, value)) throw new Error(`${value} in a column of ${this.type.toString()}`);
  }

  append(later: Column): void {
    if (!(later instanceof NumberColumn)) throw new Error("columns of two kinds");
    if (this.length + later.length > this.#values.length) this.#grow(this.length + later.length);
    this.#values.set(later.#values.subarray(0, later.length), this.length);
    this.length += later.length;
  }

  copyTo(vector: Vector, start: number, count: number): void {
    const { buffer, BYTES_PER_ELEMENT: width } = this.#values;
    duckdb.copy_data_to_vector(vector, 0, buffer, start * width, count * width);
  }

  clear(): void {
    this.length = 0;
    if (this.#values.length > mostRowsKept) this.#values = this.make(firstCapacity);
  }

  #grow(least: number): void {
    const grown = this.make(Math.max(least, 2 * this.#values.length));
    grown.set(this.#values);
    this.#values = grown;
  }
}

const twoTo32 = 2 ** 32;

/** 64-bit whole numbers, or none. */
export class LongColumn implements Column {
  readonly type = BIGINT;
  length = 0;
  /** Two words a value, the lower one first. */
  #words = new Uint32Array(2 * firstCapacity);
  #bigints = new BigInt64Array(this.#words.buffer);
  readonly #nulls = new Nulls();

  /** A whole number, not below 0, beyond 2^53 as far as a double can tell. */
  addNumber(value: number): void {
    this.addSum(0, 0, value);
  }

  /** `high` · 2^32 + `low` + `value`, the last a whole number not below 0. */
  addSum(high: number, low: number, value: number): void {
    if (this.length === this.#bigints.length) this.#grow(this.length + 1);
    // A remainder would cost four times as much.
    const upper = Math.floor(value / twoTo32);
    const lower = low + (value - upper * twoTo32);
    const carry = lower >= twoTo32 ? 1 : 0;
    const at = 2 * this.length++;
    this.#words[at] = lower - carry * twoTo32;
    this.#words[at + 1] = high + upper + carry;
  }

  /** As near as a double can tell; 0 where there is none. */
  nearly(row: number): number {
    return ((this.#words[2 * row + 1] ?? 0) | 0) * twoTo32 + (this.#words[2 * row] ?? 0);
  }

  push(value: DuckDBValue): void {
    if (this.length === this.#bigints.length) this.#grow(this.length + 1);
    if (value === null) this.#nulls.add(this.length);
    else if (typeof value !== "bigint") throw new Error("no bigint for a column of them");
    else if (BigInt.asIntN(64, value) !== value) throw new Error("a bigint of more than 64 bits");
    this.#bigints[this.length++] = value ?? 0n;
  }

  append(later: Column): void {
    if (!(later instanceof LongColumn)) throw new Error("columns of two kinds");
    if (this.length + later.length > this.#bigints.length) this.#grow(this.length + later.length);
    this.#nulls.append(later.#nulls, this.length);
    this.#bigints.set(later.#bigints.subarray(0, later.length), this.length);
    this.length += later.length;
  }

  copyTo(vector: Vector, start: number, count: number): void {
    duckdb.copy_data_to_vector(vector, 0, this.#words.buffer, start * 8, count * 8);
    this.#nulls.copyTo(vector, start, count);
  }

  clear(): void {
    this.length = 0;
    this.#nulls.clear();
    if (this.#bigints.length <= mostRowsKept) return;
    this.#words = new Uint32Array(2 * firstCapacity);
    this.#bigints = new BigInt64Array(this.#words.buffer);
  }

  #grow(least: number): void {
    const grown = new Uint32Array(2 * Math.max(least, 2 * this.#bigints.length));
    grown.set(this.#words);
    this.#words = grown;
    this.#bigints = new BigInt64Array(grown.buffer);
  }
}

/** Texts, or none, as UTF-8. */
export class TextColumn implements Column {
  readonly type = VARCHAR;
  length = 0;
  #bytes = Buffer.allocUnsafe(firstTextBytes);
  #used = 0;
  #ends = new Float64Array(firstCapacity);
  readonly #nulls = new Nulls();

  /** A lone surrogate becomes U+FFFD. */
  addText(text: string): void {
    this.#need(text.length * 3);
    this.#used += this.#bytes.write(text, this.#used);
    this.#end();
  }

  /** UTF-8, which is not looked at again. */
  addBytes(from: Uint8Array, start: number, end: number): void {
    this.#need(end - start);
    copyInto(this.#bytes, this.#used, from, start, end);
    this.#used += end - start;
    this.#end();
  }

  /** What the texts of all rows are made of, one after the other; until something is added. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  startOf(row: number): number {
    return row === 0 ? 0 : (this.#ends[row - 1] ?? 0);
  }

  endOf(row: number): number {
    return this.#ends[row] ?? 0;
  }

  push(value: DuckDBValue): void {
    if (value === null) {
      this.#nulls.add(this.length);
      this.#end();
    } else if (typeof value === "string") this.addText(value);
    else throw new Error("no text for a column of them");
  }

  append(later: Column): void {
    if (!(later instanceof TextColumn)) throw new Error("columns of two kinds");
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
    if (this.#ends.length > mostRowsKept) this.#ends = new Float64Array(firstCapacity);
    if (this.#bytes.length > mostTextBytesKept) this.#bytes = Buffer.allocUnsafe(firstTextBytes);
  }

  #end(): void {
    if (this.length === this.#ends.length) {
      const grown = new Float64Array(2 * this.#ends.length);
      grown.set(this.#ends);
      this.#ends = grown;
    }
    this.#ends[this.length++] = this.#used;
  }

  #need(bytes: number): void {
    if (this.#used + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#used + bytes, 2 * this.#bytes.length));
    this.#bytes.copy(grown, 0, 0, this.#used);
    this.#bytes = grown;
  }
}

/** Bytes, or none. */
class BlobColumn implements Column {
  readonly type = BLOB;
  readonly #values: (Uint8Array | undefined)[] = [];
  readonly #nulls = new Nulls();

  get length(): number {
    return this.#values.length;
  }

  push(value: DuckDBValue): void {
    if (value === null) this.#nulls.add(this.length);
    else if (!(value instanceof DuckDBBlobValue)) throw new Error("no bytes for a column of them");
    this.#values.push(value?.bytes);
  }

  append(later: Column): void {
    if (!(later instanceof BlobColumn)) throw new Error("columns of two kinds");
    this.#nulls.append(later.#nulls, this.length);
    for (const value of later.#values) this.#values.push(value);
  }

  clear(): void {
    this.#values.length = 0;
    this.#nulls.clear();
  }

  copyTo(vector: Vector, start: number, count: number): void {
    for (let row = 0; row < count; row++) {
      const value = this.#values[start + row];
      if (value !== undefined) duckdb.vector_assign_string_element_len(vector, row, value);
    }
    this.#nulls.copyTo(vector, start, count);
  }
}

export const bytes = (): NumberColumn => new NumberColumn(UTINYINT, (length) => new Uint8Array(length));
export const shorts = (): NumberColumn => new NumberColumn(USMALLINT, (length) => new Uint16Array(length));
export const integers = (): NumberColumn => new NumberColumn(UINTEGER, (length) => new Uint32Array(length));
export const doubles = (): NumberColumn => new NumberColumn(DOUBLE, (length) => new Float64Array(length));
export const longs = (): LongColumn => new LongColumn();
export const texts = (): TextColumn => new TextColumn();
export const blobs = (): Column => new BlobColumn();
