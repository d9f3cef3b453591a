// A file that is recorded into, as DuckDB is to write it: attached, because only then DuckDB takes rows in small groups. What a
// commit has for a whole group or more goes packed into the file at once, not first into the log and out of it again.
// A file does not say how large its groups are: who goes on with a recording attaches it in the same way.
import { readdir, rm } from "node:fs/promises";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { attachSettings, confined, groupSettings, oneThread } from "./file-settings.js";
import { sqlText } from "./sql-text.js";

/** Whoever connects asks the file, and nothing else. */
export interface Database {
  connect(): Promise<DuckDBConnection>;
  closeSync(): void;
}

/** No table or schema is called so. */
const attachedAs = "recorded_file";

/** What an engine that was killed had there; not where anything else is. */
async function removeLeft(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => undefined);
  if (names?.every((name) => name.startsWith("duckdb_temp_")) !== true) return;
  await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

/** Creates it where there is none. */
export async function attachFile(path: string): Promise<Database> {
  // Other files cannot be opened once the recording is.
  const { enable_external_access: access, ...settings } = confined;
  // Where DuckDB has it of a file that is opened: of what is in memory it would be in whatever folder the engine was started.
  const temp_directory = `${path}.tmp`;
  const instance = await DuckDBInstance.create(":memory:", {
    ...settings,
    ...oneThread,
    ...groupSettings,
    temp_directory,
  });
  try {
    const connection = await instance.connect();
    await connection.run(`ATTACH ${sqlText(path)} AS ${attachedAs} (${attachSettings})`);
    // Now that the file is ours, what is there is nobody's.
    await removeLeft(temp_directory);
    await connection.run(`SET enable_external_access = ${access}`);
    connection.closeSync();
  } catch (error) {
    instance.closeSync();
    throw error;
  }
  return {
    connect: async () => {
      const connection = await instance.connect();
      await connection.run(`USE ${attachedAs}`);
      return connection;
    },
    closeSync: () => {
      instance.closeSync();
    },
  };
}
