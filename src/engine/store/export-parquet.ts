// A folder with one Parquet file for each view of docs/sql.md. DuckDB writes them, row group by row group.
import { chmod, mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { type Asker, partOf } from "../../shared/base/asker.js";
import { Cancelled } from "../../shared/base/cancel.js";
import { type Result, failed, ok } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import { WritingFailed, writing } from "./copy-rows.js";
import { exportedViewNames } from "./export-views.js";
import { sqlText } from "./sql-text.js";
import { watched } from "./watched.js";

/** Only a folder with nothing but such files in it is replaced. */
export async function checkFolder(path: string, overwrite: boolean): Promise<Result<undefined, HindcastError>> {
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (folder?.isDirectory() !== true) return failed(hindcastError("no-such-folder", { path: dirname(path) }));
  const there = await stat(path).catch(() => undefined);
  if (there === undefined) return ok(undefined);
  if (!overwrite) return failed(hindcastError("file-exists", { path }));
  if (!there.isDirectory()) return failed(hindcastError("cannot-write", { path, reason: "it is no folder" }));
  const others = (await readdir(path)).filter((name) => !name.endsWith(".parquet"));
  if (others.length === 0) return ok(undefined);
  return failed(
    hindcastError("cannot-write", { path, reason: `it holds ${others[0] ?? ""}, which is no Parquet file` }),
  );
}

/** Throws `Cancelled` and `WritingFailed`. */
export async function writeParquet(connection: DuckDBConnection, folder: string, asker: Asker): Promise<void> {
  await writing(() => mkdir(folder, { mode: 0o700 }));
  for (const [at, view] of exportedViewNames.entries()) {
    const path = join(folder, `${view}.parquet`);
    const asked = partOf(asker, at, exportedViewNames.length, "files");
    const told = {
      ...asked,
      tell: (progress: Parameters<Asker["tell"]>[0]) => asked.tell({ ...progress, phase: "Writing Parquet" }),
    };
    try {
      await watched(connection, told, () =>
        connection.run(`COPY (SELECT * FROM ${view}) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION zstd)`),
      );
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      throw new WritingFailed("Parquet cannot be written", { cause: error });
    }
    await writing(() => chmod(path, 0o600));
  }
}
