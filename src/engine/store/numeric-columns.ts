// Columns of numbers as they lie in DuckDB's chunks: no object and no call per value.
import duckdb, { type Vector } from "@duckdb/node-bindings";
import { type DuckDBDataChunk, DuckDBTypeId } from "@duckdb/node-api";

type NumberArray =
  | Float64ArrayConstructor
  | Float32ArrayConstructor
  | Int32ArrayConstructor
  | Uint32ArrayConstructor
  | Uint16ArrayConstructor
  | Uint8ArrayConstructor;

const arrays: ReadonlyMap<DuckDBTypeId, NumberArray> = new Map<DuckDBTypeId, NumberArray>([
  [DuckDBTypeId.DOUBLE, Float64Array],
  [DuckDBTypeId.FLOAT, Float32Array],
  [DuckDBTypeId.INTEGER, Int32Array],
  [DuckDBTypeId.UINTEGER, Uint32Array],
  [DuckDBTypeId.USMALLINT, Uint16Array],
  [DuckDBTypeId.UTINYINT, Uint8Array],
]);

/** One column of all chunks; undefined where it is of another type, or a row of it holds nothing. */
export function numericColumn(
  chunks: readonly DuckDBDataChunk[],
  at: number,
  type: DuckDBTypeId,
): Float64Array<ArrayBuffer> | BigInt64Array<ArrayBuffer> | undefined {
  const make = arrays.get(type);
  if (make === undefined && type !== DuckDBTypeId.BIGINT) return undefined;
  const length = chunks.reduce((sum, { rowCount }) => sum + rowCount, 0);
  const column = make === undefined ? new BigInt64Array(length) : new Float64Array(length);
  let used = 0;
  for (const { chunk, rowCount } of chunks) {
    const vector = duckdb.data_chunk_get_vector(chunk, at);
    if (hasNothing(vector, rowCount)) return undefined;
    const { buffer, byteOffset } = duckdb.vector_get_data(vector, rowCount * (make?.BYTES_PER_ELEMENT ?? 8));
    if (buffer instanceof SharedArrayBuffer) return undefined;
    if (column instanceof BigInt64Array) column.set(new BigInt64Array(buffer, byteOffset, rowCount), used);
    else if (make !== undefined) column.set(new make(buffer, byteOffset, rowCount), used);
    used += rowCount;
  }
  return column;
}

function hasNothing(vector: Vector, rows: number): boolean {
  // It is null where every row holds something, whatever its type says.
  const valid: unknown = duckdb.vector_get_validity(vector, Math.ceil(rows / 64) * 8);
  if (!(valid instanceof Uint8Array)) return false;
  // Eight at a time: the first questions are asked while nothing here is compiled yet.
  const whole = rows >> 3;
  for (let at = 0; at < whole; at++) if (valid[at] !== 255) return true;
  const rest = 2 ** (rows & 7) - 1;
  return rest !== 0 && ((valid[whole] ?? 0) & rest) !== rest;
}
