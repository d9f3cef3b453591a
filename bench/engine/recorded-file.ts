// A recording as any DuckDB client reads it, for plain answers.
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

export async function readingFile<Result>(
  path: string,
  read: (connection: DuckDBConnection) => Promise<Result>,
): Promise<Result> {
  const instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    return await read(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
