// Puts notes that lie beside a recording into its file, which is not open in this process then. Nobody else can have it open
// either: a file is written alone, or not at all. What is killed on the way leaves the notes where they were.
import { existsSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { confined } from "./file-settings.js";
import { errorFromWriting } from "./cannot-write.js";
import { type ReadLog, removeLog } from "./note-log.js";
import { changeKept } from "./kept-changes.js";
import { TableTaken } from "./own-table.js";

/** Undefined when they are in it; else why not, as the end of the sentence "… cannot be written: ". */
export async function foldNotes(path: string, logs: readonly ReadLog[]): Promise<string | undefined> {
  // One that is not there would be made.
  if (!existsSync(path)) return "it is not there any more";
  try {
    const instance = await DuckDBInstance.create(path, confined);
    try {
      const connection = await instance.connect();
      await changeKept(
        connection,
        logs.flatMap(({ changes }) => changes),
      );
      await connection.run("CHECKPOINT");
      connection.closeSync();
    } finally {
      instance.closeSync();
    }
  } catch (error) {
    return reasonOf(path, error);
  }
  for (const log of logs) await removeLog(log);
  return undefined;
}

function reasonOf(path: string, error: unknown): string {
  if (error instanceof TableTaken) return error.message;
  if (error instanceof Error && /lock on file|being used by another process/i.test(error.message))
    return "another program has it open";
  const { code, details } = errorFromWriting(path, error);
  return code === "disk-full" ? "the disk is full" : (details["reason"] ?? "it is not known why");
}
