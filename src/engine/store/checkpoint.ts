// Folds the log beside a file that is being recorded into the file, when the log is long and there is room for it.
// DuckDB would do it by itself; but where its own attempt finds the disk full, it refuses all further work on the file.
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { logSizeOf } from "./file-size.js";

/** DuckDB's own threshold, set out of reach. */
export const noAutomaticCheckpoint = { checkpoint_threshold: "1TB" };

const logBytesToFold = 16 * 1024 * 1024;
/**
 * Rows that are not a whole group of DuckDB's yet are packed anew each time. So a log with fewer than that may grow further:
 * to what a new engine reads within half a second, should this one be killed.
 */
const rowsToFold = 122_880;
const mostLogBytes = 48 * 1024 * 1024;

/** `rows` went into the log since it was folded last, which has `mostBytes` at most. Answers whether it was folded now. */
export async function checkpointWhenDue(
  connection: DuckDBConnection,
  path: string,
  rows: number,
  mostBytes = mostLogBytes,
): Promise<boolean> {
  const logBytes = await logSizeOf(path);
  if (logBytes < Math.min(mostBytes, rows < rowsToFold ? mostLogBytes : logBytesToFold)) return false;
  return checkpointWhereRoom(connection, path, logBytes);
}

/** What was removed from a file is told of in rows, and all of those may have to be written anew. */
const roomForRemoved = 8 * 1024 * 1024;

/** After much was removed, so that it is room for what comes. Answers whether it was folded. */
export async function checkpointAfterRemoval(connection: DuckDBConnection, path: string): Promise<boolean> {
  return checkpointWhereRoom(connection, path, await logSizeOf(path), roomForRemoved);
}

async function checkpointWhereRoom(
  connection: DuckDBConnection,
  path: string,
  logBytes: number,
  besides = 0,
): Promise<boolean> {
  if ((await freeBytes(path)) < 2 * logBytes + besides) return false;
  // Readers at work may forbid it: then it is tried after the next commit.
  return connection.run("CHECKPOINT").then(
    () => true,
    () => false,
  );
}

const freeBytes = async (path: string): Promise<number> => (await diskOf(path))?.freeBytes ?? 0;

export interface DiskSpace {
  readonly freeBytes: number;
  readonly wholeBytes: number;
}

/** Undefined where nobody says. */
export async function diskOf(path: string): Promise<DiskSpace | undefined> {
  const disk = await statfs(dirname(path)).catch(() => undefined);
  return disk && { freeBytes: disk.bavail * disk.bsize, wholeBytes: disk.blocks * disk.bsize };
}
