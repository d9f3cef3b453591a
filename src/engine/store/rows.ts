// What a query returns, column by column, checked as it is read: rows of a file are not trusted to be what we wrote.
import type { DuckDBMaterializedResult, DuckDBValue } from "@duckdb/node-api";
import { DuckDBBlobValue } from "@duckdb/node-api";
import { UnreadableStored } from "./value-json.js";

export class Rows {
  readonly #columns: Readonly<Record<string, readonly DuckDBValue[]>>;
  readonly length: number;

  private constructor(columns: Readonly<Record<string, readonly DuckDBValue[]>>) {
    this.#columns = columns;
    this.length = Object.values(columns)[0]?.length ?? 0;
  }

  static async from(result: DuckDBMaterializedResult): Promise<Rows> {
    // Without rows DuckDB's client gives no columns; those asked for are empty then.
    const none = Object.fromEntries(result.columnNames().map((name): [string, DuckDBValue[]] => [name, []]));
    return new Rows({ ...none, ...(await result.getColumnsObject()) });
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

  #map<Value>(name: string, read: (value: DuckDBValue) => Value): Value[] {
    const column = this.#columns[name];
    if (column === undefined) throw unexpected(name);
    return column.map(read);
  }
}

function numberFrom(name: string, value: DuckDBValue): number {
  if (typeof value === "number") return value;
  if (typeof value !== "bigint") throw unexpected(name);
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw unexpected(name);
  return number;
}

function bigintFrom(name: string, value: DuckDBValue): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  throw unexpected(name);
}

function textFrom(name: string, value: DuckDBValue): string {
  if (typeof value !== "string") throw unexpected(name);
  return value;
}

function bytesFrom(name: string, value: DuckDBValue): Uint8Array {
  if (!(value instanceof DuckDBBlobValue)) throw unexpected(name);
  return value.bytes;
}

const unexpected = (column: string): UnreadableStored => new UnreadableStored(`column ${column}`);
