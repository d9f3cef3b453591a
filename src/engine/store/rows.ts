// What a query returns, column by column, checked as it is read: rows of a file are not trusted to be what we wrote.
import type { DuckDBDataChunk, DuckDBMaterializedResult, DuckDBValue } from "@duckdb/node-api";
import { DuckDBBlobValue, DuckDBBlobVector, DuckDBTypeId } from "@duckdb/node-api";
import { numericColumn } from "./numeric-columns.js";
import { UnreadableStored } from "./value-json.js";

/** Bytes are as they came from DuckDB here, and as they came from another thread. */
type Plain = DuckDBValue | Uint8Array;
type Column = readonly Plain[] | Float64Array | BigInt64Array;

/** Rows on their way to another thread: a Float64Array or BigInt64Array where a column holds nothing but such numbers. */
export type ColumnsMessage = Readonly<Record<string, Column>>;

export class Rows {
  readonly #columns: ColumnsMessage;
  readonly length: number;

  private constructor(columns: ColumnsMessage) {
    this.#columns = columns;
    this.length = Object.values(columns)[0]?.length ?? 0;
  }

  static fromMessage(columns: ColumnsMessage): Rows {
    return new Rows(columns);
  }

  toMessage(): ColumnsMessage {
    return Object.fromEntries(
      Object.entries(this.#columns).map(([name, column]): [string, Column] => [name, packed(column)]),
    );
  }

  static from(result: DuckDBMaterializedResult): Promise<Rows> {
    // All are there already: asking for each by itself would wait for a thread each time.
    const chunks = Array.from({ length: result.chunkCount }, (_, at) => result.getChunk(at));
    const columns = result.deduplicatedColumnNames().map((name, at): [string, Column] => {
      const type = result.columnTypeId(at);
      if (type === DuckDBTypeId.BLOB) return [name, chunks.flatMap((chunk) => bytesIn(chunk, at))];
      const numbers = numericColumn(chunks, at, type);
      return [name, numbers ?? chunks.flatMap((chunk) => chunk.getColumnValues(at))];
    });
    return Promise.resolve(new Rows(Object.fromEntries(columns)));
  }

  /** The same columns, without any row. */
  none(): Rows {
    return new Rows(Object.fromEntries(Object.keys(this.#columns).map((name): [string, Column] => [name, []])));
  }

  /** As `numbers`, where no row holds nothing. */
  float64s(name: string): Float64Array {
    const column = this.#columns[name];
    if (column instanceof Float64Array) return column;
    if (!(column instanceof BigInt64Array)) return Float64Array.from(this.numbers(name));
    const numbers = longsSince(column, 0n);
    if (!numbers.every(Number.isSafeInteger)) throw unexpected(name);
    return numbers;
  }

  /** How much 64-bit whole numbers are beyond `start`, as near as a double can tell; NaN where a row holds nothing. */
  float64sSince(name: string, start: bigint): Float64Array {
    const column = this.#columns[name];
    if (column instanceof BigInt64Array) return longsSince(column, start);
    return Float64Array.from(this.optionalBigints(name), (value) =>
      value === undefined ? Number.NaN : Number(value - start),
    );
  }

  /** With NaN where a row holds nothing. */
  float64sOrNaN(name: string): Float64Array {
    const column = this.#columns[name];
    if (column instanceof Float64Array) return column;
    return Float64Array.from(this.optionalNumbers(name), (value) => value ?? Number.NaN);
  }

  /** Numbers, from any integer or floating type; integers beyond 2^53 are refused. */
  numbers(name: string): number[] {
    return this.#map(name, (value) => numberFrom(name, value));
  }

  optionalNumbers(name: string): (number | undefined)[] {
    return this.#map(name, (value) => (value === null ? undefined : numberFrom(name, value)));
  }

  bigints(name: string): bigint[] {
    return this.#map(name, (value) => bigintFrom(name, value));
  }

  optionalBigints(name: string): (bigint | undefined)[] {
    return this.#map(name, (value) => (value === null ? undefined : bigintFrom(name, value)));
  }

  texts(name: string): string[] {
    return this.#map(name, (value) => textFrom(name, value));
  }

  /** NULL reads as "": for columns where the two mean the same. */
  textsOrEmpty(name: string): string[] {
    return this.#map(name, (value) => (value === null ? "" : textFrom(name, value)));
  }

  optionalTexts(name: string): (string | undefined)[] {
    return this.#map(name, (value) => (value === null ? undefined : textFrom(name, value)));
  }

  booleans(name: string): boolean[] {
    return this.#map(name, (value) => {
      if (typeof value !== "boolean") throw unexpected(name);
      return value;
    });
  }

  bytes(name: string): Uint8Array[] {
    return this.#map(name, (value) => bytesFrom(name, value));
  }

  optionalBytes(name: string): (Uint8Array | undefined)[] {
    return this.#map(name, (value) => (value === null ? undefined : bytesFrom(name, value)));
  }

  #map<Value>(name: string, read: (value: Plain) => Value): Value[] {
    const column = this.#columns[name];
    if (column === undefined) throw unexpected(name);
    return Array.isArray(column) ? column.map(read) : Array.from<Plain, Value>(column, read);
  }
}

const twoTo32 = 2 ** 32;

/** By the two words of each: a bigint per value would cost more than fetching them. */
function longsSince(column: BigInt64Array, start: bigint): Float64Array {
  const words = new Int32Array(column.buffer, column.byteOffset, 2 * column.length);
  const [high, low] = [Number(start >> 32n), Number(BigInt.asUintN(32, start))];
  const since = new Float64Array(column.length);
  for (let row = 0; row < since.length; row++)
    since[row] = ((words[2 * row + 1] ?? 0) - high) * twoTo32 + (((words[2 * row] ?? 0) >>> 0) - low);
  return since;
}

/** DuckDB's client copies them out; as values of its own they would be copied once more. Short ones lie in the chunk itself. */
function bytesIn(chunk: DuckDBDataChunk, at: number): (Uint8Array | null)[] {
  const vector = chunk.getColumnVector(at);
  if (!(vector instanceof DuckDBBlobVector)) throw new UnreadableStored(`column ${at}`);
  return Array.from({ length: chunk.rowCount }, (_, row) => {
    const bytes = vector.getItemBytes(row);
    return bytes === null || bytes.length > mostInline ? bytes : bytes.slice();
  });
}

const mostInline = 12;

function packed(column: Column): Column {
  if (!Array.isArray(column) || column.length === 0) return column;
  const values: readonly Plain[] = column;
  if (values.every((value) => typeof value === "number")) return Float64Array.from(values);
  if (values.every((value) => typeof value === "bigint" && BigInt.asIntN(64, value) === value))
    return BigInt64Array.from(values);
  return values.map((value) => (value instanceof DuckDBBlobValue ? value.bytes : value));
}

function numberFrom(name: string, value: Plain): number {
  if (typeof value === "number") return value;
  if (typeof value !== "bigint") throw unexpected(name);
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw unexpected(name);
  return number;
}

function bigintFrom(name: string, value: Plain): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  throw unexpected(name);
}

function textFrom(name: string, value: Plain): string {
  if (typeof value !== "string") throw unexpected(name);
  return value;
}

function bytesFrom(name: string, value: Plain): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (!(value instanceof DuckDBBlobValue)) throw unexpected(name);
  return value.bytes;
}

const unexpected = (column: string): UnreadableStored => new UnreadableStored(`column ${column}`);
