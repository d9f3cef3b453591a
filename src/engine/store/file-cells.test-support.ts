// Everything that can be read of a file that somebody gets: each cell of a recording or a Parquet file, and what was packed in it.
import { inflateSync } from "node:zlib";
import { DuckDBBlobValue, DuckDBInstance } from "@duckdb/node-api";

/** Everything that a database or a Parquet file says, unpacked. */
export async function cellsOf(file: string): Promise<readonly (readonly [place: string, text: string])[]> {
  if (file.endsWith(".jsonl")) return [];
  const isParquet = file.endsWith(".parquet");
  const instance = await DuckDBInstance.create(
    isParquet ? ":memory:" : file,
    isParquet ? {} : { access_mode: "READ_ONLY" },
  );
  const connection = await instance.connect();
  try {
    const names = isParquet
      ? [`'${file}'`]
      : (await connection.runAndReadAll(`SELECT table_name FROM duckdb_tables()`))
          .getRows()
          .map(([name]) => `"${String(name)}"`);
    const places: (readonly [string, string])[] = [];
    for (const name of names) {
      const rows = await connection.runAndReadAll(`SELECT * FROM ${name}`);
      const cells = rows
        .getRows()
        .flat()
        .map((cell) => (cell instanceof DuckDBBlobValue ? unpacked(cell.bytes) : String(cell)));
      places.push([name, cells.join("\n")]);
    }
    return places;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** As it is, and as each part of it that was deflated. */
function unpacked(bytes: Uint8Array): string {
  let all = Buffer.from(bytes).toString("latin1");
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== 0x78) continue;
    try {
      all += inflateSync(bytes.subarray(at)).toString("latin1");
    } catch {
      // It only looks like a beginning.
    }
  }
  return all;
}
