// What any DuckDB client would find in files: a database of its own that may read others.
import { DuckDBInstance } from "@duckdb/node-api";

export const runSql = async (sql: string): Promise<Record<string, unknown>[]> => {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
};
