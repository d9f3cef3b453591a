// A recording may come from anybody. Before it is believed: its tables are plain tables with the columns of the format,
// nothing in it stands before a function of DuckDB's, and what is shown of it as a whole is of a size and a time that can be.
// Only functions of DuckDB's that are named in full are asked until that is known.
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import { Rows } from "./rows.js";
import { UnreadableStored } from "./value-json.js";

const maxProcesses = 255;
const maxScopes = 100_000;
/** Of names and the like, in bytes. */
const maxText = 16 * 1024 * 1024;
/** What ingest lets in: the year 2255, in nanoseconds. */
const latestInstant = 9_000_000_000_000_000_000n;

const shapeSql = `SELECT table_name, column_name, data_type FROM system.main.duckdb_columns()
  WHERE NOT internal AND schema_name = 'main'`;

const plainTablesSql = `SELECT table_name, sql FROM system.main.duckdb_tables() WHERE NOT temporary AND NOT internal AND schema_name = 'main'`;
const ownFunctionsSql = `SELECT function_name FROM system.main.duckdb_functions() WHERE NOT internal`;
const ownTypesSql = `SELECT type_name FROM system.main.duckdb_types() WHERE NOT internal`;

/** Each "table.column TYPE" that the statements make. */
export async function shapeOf(create: (connection: DuckDBConnection) => Promise<void>): Promise<ReadonlySet<string>> {
  const instance = await DuckDBInstance.create(":memory:");
  try {
    const connection = await instance.connect();
    await create(connection);
    const tables = new Set((await ask(connection, plainTablesSql)).texts("table_name"));
    return new Set((await columnsOf(connection)).filter((column) => tables.has(column.split(".", 1)[0] ?? "")));
  } finally {
    instance.closeSync();
  }
}

/** Throws `UnreadableStored` for what no Hindcast made. Nothing of the file's own runs. */
export async function checkShape(connection: DuckDBConnection, wanted: ReadonlySet<string>): Promise<void> {
  if ((await ask(connection, ownFunctionsSql)).length > 0) throw new UnreadableStored("functions of its own");
  if ((await ask(connection, ownTypesSql)).length > 0) throw new UnreadableStored("types of its own");
  const plain = await plainTables(connection);
  for (const column of wanted) {
    const table = column.split(".", 1)[0] ?? "";
    if (!plain.has(table)) throw new UnreadableStored(`no plain table ${table}`);
  }
  const found = new Set(await columnsOf(connection));
  for (const column of wanted) if (!found.has(column)) throw new UnreadableStored(`no ${column}`);
}

/** A column that is computed when it is read, or a check when it is written, is somebody else's program. */
export async function plainTables(connection: DuckDBConnection): Promise<ReadonlySet<string>> {
  const rows = await ask(connection, plainTablesSql);
  const texts = rows.texts("sql");
  const isPlain = (sql: string): boolean => sql.indexOf("(") === sql.lastIndexOf("(");
  return new Set(rows.texts("table_name").filter((_, row) => isPlain(texts[row] ?? "(()")));
}

/** Of a file whose shape is right. */
export async function checkSizes(connection: DuckDBConnection): Promise<void> {
  const rows = await ask(
    connection,
    `SELECT (SELECT count(*) FROM recording) AS recordings,
       (SELECT count(*) FROM process WHERE process IS NULL OR process NOT BETWEEN 1 AND ${maxProcesses}) AS odd,
       (SELECT count(*) - count(DISTINCT process) FROM process) AS doubled,
       (SELECT count(*) FROM scope) AS scopes,
       (SELECT count(*) FROM (SELECT start AS t FROM recording UNION ALL SELECT created FROM recording
          UNION ALL SELECT start FROM process UNION ALL SELECT last_seen FROM process UNION ALL SELECT ended FROM process)
          WHERE t NOT BETWEEN 0 AND ${latestInstant}) AS strays,
       (SELECT coalesce(max(length), 0) FROM (SELECT max(strlen(text)) AS length FROM name
          UNION ALL SELECT max(strlen(name)) FROM scope UNION ALL SELECT max(strlen(label)) FROM mark
          UNION ALL SELECT max(strlen(attributes)) FROM series
          UNION ALL SELECT max(greatest(strlen(argv), strlen(cwd), strlen(service_name), strlen(settings))) FROM process)) AS longest`,
  );
  const only = (name: string): number => rows.numbers(name)[0] ?? 0;
  if (only("recordings") !== 1) throw new UnreadableStored(`${only("recordings")} rows about the recording`);
  if (only("odd") + only("doubled") > 0) throw new UnreadableStored("numbers of processes");
  if (only("scopes") > maxScopes) throw new UnreadableStored(`${only("scopes")} scopes`);
  if (only("strays") > 0) throw new UnreadableStored("times that are none");
  if (only("longest") > maxText) throw new UnreadableStored(`a name of ${only("longest")} bytes`);
}

async function columnsOf(connection: DuckDBConnection): Promise<string[]> {
  const rows = await ask(connection, shapeSql);
  const [columns, types] = [rows.texts("column_name"), rows.texts("data_type")];
  return rows.texts("table_name").map((table, row) => `${table}.${columns[row] ?? ""} ${types[row] ?? ""}`);
}

const ask = async (connection: DuckDBConnection, sql: string): Promise<Rows> => Rows.from(await connection.run(sql));
