// Columns of rows on their way into the file: typed arrays that DuckDB takes whole.
// A value costs no object and no call into DuckDB until its chunk is filled.
import duckdb, { type Vector } from "@duckdb/node-bindings";
import { BIGINT, DOUBLE, type DuckDBType, type DuckDBValue, UINTEGER, USMALLINT, UTINYINT } from "@duckdb/node-api";
import { type Column, Nulls, firstCapacity, mostRowsKept } from "./column.js";
import { BlobColumn, TextColumn } from "./packed-columns.js";

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

  addNone(): void {
    this.#nulls.add(this.length);
    this.addSum(0, 0, 0);
  }

  hasNone(row: number): boolean {
    return this.#nulls.has(row);
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

export const bytes = (): NumberColumn => new NumberColumn(UTINYINT, (length) => new Uint8Array(length));
export const shorts = (): NumberColumn => new NumberColumn(USMALLINT, (length) => new Uint16Array(length));
export const integers = (): NumberColumn => new NumberColumn(UINTEGER, (length) => new Uint32Array(length));
export const doubles = (): NumberColumn => new NumberColumn(DOUBLE, (length) => new Float64Array(length));
export const longs = (): LongColumn => new LongColumn();
export const texts = (): TextColumn => new TextColumn();
export const blobs = (): BlobColumn => new BlobColumn();
