// The log that a killed recorder leaves beside its file: what it committed last. Reading replays it into memory, which takes a
// fifth of the time of putting it into the file; that is done afterwards, when nobody waits, so that the file alone is the
// recording again. Whoever is killed in between leaves file and log as they were, or the file with all of it.
import { existsSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

export const hasLog = (path: string): boolean => existsSync(`${path}.wal`);

/** Of a file that is not open in this process. Where it cannot be done, the log stays and is read again next time. */
export async function foldLog(path: string, settings: Readonly<Record<string, string>>): Promise<void> {
  if (!hasLog(path)) return;
  try {
    const instance = await DuckDBInstance.create(path, settings);
    try {
      const connection = await instance.connect();
      await connection.run(`CHECKPOINT`);
      connection.closeSync();
    } finally {
      instance.closeSync();
    }
  } catch {
    // In use, damaged or not ours to write: opening it for reading tells which.
  }
}
