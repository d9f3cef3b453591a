// What SQL says of a recording that nobody has open, each row decoded.
import { DuckDBInstance } from "@duckdb/node-api";
import * as v from "valibot";

export async function rowsOf<Row>(file: string, sql: string, schema: v.GenericSchema<unknown, Row>): Promise<Row[]> {
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  try {
    const rows: Row[] = [];
    const result = await connection.stream(sql);
    for await (const some of result.yieldRowObjectJson()) rows.push(...some.map((row) => v.parse(schema, row)));
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
