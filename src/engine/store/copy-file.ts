// A copy of an open recording as a file of its own, also while it is being recorded: one read transaction sees the
// recording as of one commit, whatever is written meanwhile, and its rows go into a new file of the same schema.
// Copying the file's bytes instead would need recording to pause, and would take what lies unfolded beside it as well.
// The copy grows under another name: what stands under the name asked for is either nothing or all of it.
import { randomBytes } from "node:crypto";
import { chmod, link, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type DuckDBAppender, type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { Disposables } from "../../shared/base/disposables.js";
import { type Result, failed, ok } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import type { Asker } from "../../shared/base/asker.js";
import { errorFromWriting } from "./cannot-write.js";
import { copySettings, newFileSettings } from "./file-settings.js";
import { createTables } from "./open-file.js";
import { Rows } from "./rows.js";

export interface CopyRequest {
  /** Absolute; its folder has to be there. */
  readonly path: string;
  /** What is there already is replaced. */
  readonly overwrite: boolean;
  /** When they give up, so does this, soon. */
  readonly asker: Asker;
}

interface Table {
  readonly name: string;
  readonly columns: string;
}

/** The target cannot be written, as opposed to the source not being readable, which goes to the caller as it is. */
class WritingFailed extends Error {}

/** `source` is the caller's for as long as this runs. */
export async function copyFile(source: DuckDBConnection, request: CopyRequest): Promise<Result<number, HindcastError>> {
  const { path, overwrite } = request;
  const mayWrite = await checkTarget(path, overwrite);
  if (!mayWrite.ok) return mayWrite;
  const owned = new Disposables();
  const part = await partFor(path);
  owned.defer(async () => {
    for (const file of [part, `${part}.wal`]) await rm(file, { force: true });
  });
  await source.run("BEGIN TRANSACTION READ ONLY");
  // It is over already where reading failed badly.
  owned.defer(async () => void (await source.run("ROLLBACK").catch(() => undefined)));
  try {
    const isWhole = await fill(part, source, request);
    if (!isWhole) return failed(hindcastError("cancelled"));
    return await publish(part, path, overwrite);
  } catch (error) {
    if (error instanceof WritingFailed) return failed(errorFromWriting(path, error.cause));
    throw error;
  } finally {
    await owned.dispose();
  }
}

async function checkTarget(path: string, overwrite: boolean): Promise<Result<undefined, HindcastError>> {
  const folder = await stat(dirname(path)).catch(() => undefined);
  if (folder?.isDirectory() !== true) return failed(hindcastError("no-such-folder", { path: dirname(path) }));
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory() === true) return failed(hindcastError("cannot-write", { path, reason: "it is a folder" }));
  if (there !== undefined && !overwrite) return failed(hindcastError("file-exists", { path }));
  // A pipe waits for a reader for ever, and a device is not to be replaced.
  if (there?.isFile() === false) return failed(hindcastError("cannot-write", { path, reason: "it is no plain file" }));
  if (there !== undefined && !(await isFree(path))) return failed(hindcastError("recording-in-use", { path }));
  // Beside the new file it would be taken for a part of it.
  const log = `${path}.wal`;
  if ((await stat(log).catch(() => undefined)) === undefined) return ok(undefined);
  return overwrite ? ok(undefined) : failed(hindcastError("file-exists", { path: log }));
}

/** Whether no other process has the file open. What is no recording nobody records into. */
async function isFree(path: string): Promise<boolean> {
  try {
    const instance = await DuckDBInstance.create(path, { ...newFileSettings, access_mode: "READ_ONLY" });
    instance.closeSync();
    return true;
  } catch (error) {
    return !(error instanceof Error && /lock on file|being used by another process/i.test(error.message));
  }
}

/** A name for the unfinished copy; what copies of the same name left when their process was killed goes. */
async function partFor(path: string): Promise<string> {
  const folder = dirname(path);
  const stem = `.${basename(path)}.`;
  const isAbandoned = (name: string): boolean => {
    const [, pid] = /^(\d+)-[0-9a-f]{8}\.part(\.wal)?$/.exec(name.slice(stem.length)) ?? [];
    return name.startsWith(stem) && pid !== undefined && !isRunning(Number(pid));
  };
  for (const name of await readdir(folder).catch(() => []))
    if (isAbandoned(name)) await rm(join(folder, name), { force: true });
  return join(folder, `${stem}${process.pid}-${randomBytes(4).toString("hex")}.part`);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** False when it was not wanted any more. Whichever way this ends, nothing holds the new file open afterwards. */
async function fill(part: string, source: DuckDBConnection, request: CopyRequest): Promise<boolean> {
  const owned = new Disposables();
  try {
    const settings = copySettings(await usedBytes(source));
    const instance = await writing(() => DuckDBInstance.create(part, settings));
    owned.defer(() => instance.closeSync());
    const target = await writing(() => instance.connect());
    owned.defer(() => target.closeSync());
    await writing(async () => {
      await chmod(part, 0o600);
      await target.run("BEGIN");
      await createTables(target);
    });
    const isWhole = await copyRows(source, target, request);
    if (!isWhole) return false;
    await writing(async () => {
      await target.run("COMMIT");
      await target.run("CHECKPOINT");
    });
    return !request.asker.signal.aborted;
  } finally {
    await owned.dispose();
  }
}

async function copyRows(source: DuckDBConnection, target: DuckDBConnection, request: CopyRequest): Promise<boolean> {
  const tables = await tablesOf(target);
  const totalRows = await countRows(source, tables);
  let rows = 0;
  for (const table of tables) {
    const appender = await writing(() => target.createAppender(table.name));
    try {
      const stored = await source.stream(`SELECT ${table.columns} FROM "${table.name}"`);
      for (;;) {
        if (request.asker.signal.aborted) return false;
        const chunk = await stored.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) break;
        await writing(() => appender.appendDataChunk(chunk));
        rows += chunk.rowCount;
        request.asker.tell({ done: rows, total: totalRows, unit: "rows" });
      }
      await writing(() => appender.flushSync());
    } finally {
      closeQuietly(appender);
    }
  }
  return true;
}

/** What it still holds was given up, or it complains once more of what it has told already. */
function closeQuietly(appender: DuckDBAppender): void {
  try {
    appender.clear();
    appender.closeSync();
  } catch {
    // as above
  }
}

async function writing<Value>(work: () => Promise<Value> | Value): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw new WritingFailed("the copy cannot be written", { cause: error });
  }
}

async function usedBytes(source: DuckDBConnection): Promise<number> {
  const sizes = await Rows.from(
    await source.run(
      `SELECT (block_size * used_blocks)::DOUBLE AS used FROM pragma_database_size()
       WHERE database_name = current_database()`,
    ),
  );
  return sizes.numbers("used")[0] ?? 0;
}

/** Of the new file: the tables of this format, whatever else somebody has put into the recording. */
async function tablesOf(connection: DuckDBConnection): Promise<readonly Table[]> {
  const found = await Rows.from(
    await connection.run(
      `SELECT table_name AS name, string_agg('"' || column_name || '"', ', ' ORDER BY column_index) AS columns
       FROM duckdb_columns() JOIN duckdb_tables() USING (table_oid, table_name)
       GROUP BY table_oid, table_name ORDER BY table_oid`,
    ),
  );
  const columns = found.texts("columns");
  return found.texts("name").map((name, index) => ({ name, columns: columns[index] ?? "" }));
}

async function countRows(source: DuckDBConnection, tables: readonly Table[]): Promise<number> {
  const counts = tables.map(({ name }) => `SELECT count(*) AS rows FROM "${name}"`).join(" UNION ALL ");
  const total = await Rows.from(await source.run(`SELECT sum(rows)::DOUBLE AS total FROM (${counts})`));
  return total.numbers("total")[0] ?? 0;
}

/** Under its name in one step. Without leave to overwrite, a file that came there meanwhile stays. */
async function publish(part: string, path: string, overwrite: boolean): Promise<Result<number, HindcastError>> {
  try {
    const { size } = await stat(part);
    if (overwrite) {
      await rm(`${path}.wal`, { force: true });
      await rename(part, path);
    } else await claimName(part, path);
    return ok(size);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return failed(hindcastError("file-exists", { path }));
    return failed(errorFromWriting(path, error));
  }
}

async function claimName(part: string, path: string): Promise<void> {
  try {
    await link(part, path);
  } catch (error) {
    // A file system without links (FAT, some network shares): looked at once more, then moved.
    const canLink = !["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(codeOf(error));
    if (canLink) throw error;
    if ((await stat(path).catch(() => undefined)) !== undefined)
      throw Object.assign(new Error("exists"), { code: "EEXIST" });
    await rename(part, path);
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
