// A recording, or a stretch of time of it, for others: as a recording, as Parquet, as JSON lines. What stands under the name
// asked for is either nothing or all of it; what grows meanwhile is in a folder of its own beside it.
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { throwIfCancelled } from "../../shared/base/cancel.js";
import { Disposables } from "../../shared/base/disposables.js";
import { type Result, failed, ok } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import type { ExportFormat } from "../../shared/protocol/export-calls.js";
import { errorFromWriting } from "./cannot-write.js";
import { type CopyRequest, asOfNow, copyFile } from "./copy-file.js";
import { writing } from "./copy-rows.js";
import { writeLines } from "./export-lines.js";
import { checkFolder, writeParquet } from "./export-parquet.js";
import { readingSettings } from "./file-settings.js";
import { countProgress } from "./watched.js";
import type { Stretch } from "./selection-cut.js";
import { fillSelection } from "./selection-file.js";
import { checkTarget, partFor, publish } from "./whole-file.js";

export interface ExportRequest extends CopyRequest {
  readonly format: ExportFormat;
  /** Everything, where it is absent. */
  readonly stretch: Stretch | undefined;
}

/** Answers its size in bytes. `source` is the caller's for as long as this runs. */
export async function exportFile(
  source: DuckDBConnection,
  request: ExportRequest,
): Promise<Result<number, HindcastError>> {
  const { path, overwrite, format, stretch, notes, asker } = request;
  if (format === "hindcast" && stretch === undefined) return copyFile(source, request);
  const isFolder = format === "parquet";
  const mayWrite = await (isFolder ? checkFolder(path, overwrite) : checkTarget(path, overwrite));
  if (!mayWrite.ok) return mayWrite;
  const part = await partFor(path);
  try {
    return await asOfNow(source, path, async () => {
      await writing(() => mkdir(part, { mode: 0o700 }));
      const recording = join(part, "recording.hindcast");
      await fillSelection(recording, source, { stretch, notes, isPlain: format !== "hindcast" }, asker);
      if (format === "hindcast") return publish(recording, path, overwrite);
      const made = join(part, "made");
      await readAgain(recording, async (connection) => {
        if (isFolder) await writeParquet(connection, made, asker);
        else await writeLines(connection, made, asker);
      });
      throwIfCancelled(asker.signal);
      return isFolder ? await publishFolder(made, path, join(part, "before")) : await publish(made, path, overwrite);
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
}

/** What was just made, by somebody who may write other files. */
async function readAgain(path: string, work: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
  const owned = new Disposables();
  try {
    const instance = await writing(() => DuckDBInstance.create(path, readingSettings(`${path}.tmp`)));
    owned.defer(() => instance.closeSync());
    const connection = await instance.connect();
    owned.defer(() => connection.closeSync());
    await countProgress(connection);
    await work(connection);
  } finally {
    await owned.dispose();
  }
}

/** In one step where nothing is there; what is there is put aside before, and back when that fails. */
async function publishFolder(made: string, path: string, aside: string): Promise<Result<number, HindcastError>> {
  const isThere = (await stat(path).catch(() => undefined)) !== undefined;
  try {
    const size = await sizeOf(made);
    if (isThere) await rename(path, aside);
    try {
      await rename(made, path);
    } catch (error) {
      if (isThere) await rename(aside, path);
      throw error;
    }
    return ok(size);
  } catch (error) {
    const isTaken = error instanceof Error && "code" in error && ["EEXIST", "ENOTEMPTY"].includes(String(error.code));
    return failed(isTaken ? hindcastError("file-exists", { path }) : errorFromWriting(path, error));
  }
}

async function sizeOf(folder: string): Promise<number> {
  let total = 0;
  for (const name of await readdir(folder)) total += (await stat(join(folder, name))).size;
  return total;
}
