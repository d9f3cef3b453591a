// Opening and creating recording files, and what can be wrong with them.
// A file is written by the process that records and by nobody else. Reading happens read-only; a file of an older format is
// brought up to date in a private copy that goes when it is closed, so that opening never changes what somebody keeps.
import { closeSync, constants, existsSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { chmod, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { type Asker, nobody } from "../../shared/base/asker.js";
import { throwIfCancelled } from "../../shared/base/cancel.js";
import { Disposables } from "../../shared/base/disposables.js";
import { type Result, failed, ok } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import { type Database, attachFile } from "./attached-file.js";
import { errorFromWriting } from "./cannot-write.js";
import { damageReason } from "./damage.js";
import { checkShape, checkSizes, plainTables, shapeOf } from "./file-shape.js";
import { foldLog, hasLog } from "./left-log.js";
import { Rows } from "./rows.js";
import { sqlText } from "./sql-text.js";
import { underWords, watched } from "./watched.js";
import { confined } from "./file-settings.js";
import { migrate, migratedCopy, runSteps } from "./migrate.js";
import { newestShape } from "./newest-shape.js";
import { type Migration, formatVersion, migrations } from "./schema.js";

export interface OpenFile {
  readonly instance: Database;
  /** Of a copy in today's format, while the file that was asked for stays as it is. */
  readonly isCopy?: boolean;
  /** Releases the file. A file open for writing is brought in order first. */
  dispose(): Promise<void>;
}

export interface NewRecording {
  readonly created: bigint;
  readonly appVersion: string;
}

/** Files that the engine's process creates are private by its umask (process.ts); this one is so in any case. */
export async function createFile(path: string, about: NewRecording): Promise<Result<OpenFile, HindcastError>> {
  if (existsSync(path)) {
    const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
    return failed(
      isFolder
        ? hindcastError("cannot-write", { path, reason: "it is a folder" })
        : hindcastError("file-exists", { path }),
    );
  }
  if (!existsSync(dirname(path))) return failed(hindcastError("no-such-folder", { path: dirname(path) }));
  try {
    const instance = await attachFile(path);
    await chmod(path, 0o600);
    const connection = await instance.connect();
    await connection.run(`BEGIN`);
    await migrate(connection, 0, migrations, about.created);
    await connection.run(`INSERT INTO recording (format, created, start, app_version) VALUES ($1, $2, $2, $3)`, [
      formatVersion,
      about.created,
      about.appVersion,
    ]);
    await connection.run(`COMMIT`);
    connection.closeSync();
    return ok(openFile(instance));
  } catch (error) {
    return failed(errorFromWriting(path, error));
  }
}

/** Empty tables of the newest format, within the caller's transaction. */
export async function createTables(connection: DuckDBConnection): Promise<void> {
  await migrate(connection, 0, migrations, 0n);
  await connection.run(`DELETE FROM migration`);
}

/** `steps` is the newest format there is, which only tests change. Throws `Cancelled` when who asks gives up. */
export async function openForReading(
  path: string,
  steps = migrations,
  asker = nobody,
): Promise<Result<OpenFile, HindcastError>> {
  const looks = looksLikeDatabase(path);
  if (!looks.ok) return looks;
  const opened = await (hasLog(path)
    ? underWords(
        asker,
        () => ({ phase: "Reading the log beside it", done: 0, unit: "bytes" }),
        () => openWithLog(path),
      )
    : openReadOnly(path));
  if (!opened.ok) return opened;
  const format = await checkedFormat(opened.value.instance, path, steps, asker).catch(async (error: unknown) => {
    await opened.value.dispose();
    throw error;
  });
  if (format.ok && format.value === steps.length) return ok(foldingLogAtLast(opened.value, path));
  await opened.value.dispose();
  return format.ok ? openMigratedCopy(path, format.value, steps, asker) : format;
}

/** A log may be one that only a writer can bring in order. */
async function openWithLog(path: string): Promise<Result<OpenFile, HindcastError>> {
  const opened = await openReadOnly(path);
  if (opened.ok || !hasLog(path) || opened.error.code === "recording-in-use") return opened;
  await foldLog(path, confined);
  return openReadOnly(path);
}

const foldingLogAtLast = ({ instance, dispose }: OpenFile, path: string): OpenFile => ({
  instance,
  dispose: async () => {
    await dispose();
    await foldLog(path, confined);
  },
});

/** A file that this version made, to go on recording into it: what its engine committed last is in it. */
export async function openForWriting(path: string): Promise<Result<OpenFile, HindcastError>> {
  const looks = looksLikeDatabase(path);
  if (!looks.ok) return looks;
  const opened = await openedBy(path, () => attachFile(path));
  if (!opened.ok) return opened;
  const format = await checkedFormat(opened.value.instance, path, migrations, nobody);
  if (format.ok && format.value === formatVersion) return opened;
  await opened.value.dispose();
  return format.ok ? damaged(path, `format ${format.value} is not recorded into`) : format;
}

async function openMigratedCopy(
  path: string,
  format: number,
  steps: readonly Migration[],
  asker: Asker,
): Promise<Result<OpenFile, HindcastError>> {
  const owned = new Disposables();
  try {
    const opened = await openReadOnly(await migratedCopy(path, format, steps, owned, asker));
    if (!opened.ok) return opened;
    owned.add(opened.value);
    const checked = await opened.value.instance.connect();
    await watched(checked, asker, () => checkSizes(checked));
    checked.closeSync();
    return ok({ instance: opened.value.instance, isCopy: true, dispose: () => owned.dispose() });
  } catch (error) {
    await owned.dispose();
    throwIfCancelled(asker.signal);
    return damaged(path, damageReason(error));
  }
}

const shapeAfter = async (steps: readonly Migration[]): Promise<ReadonlySet<string>> =>
  steps === migrations ? newestShape : shapeOf((empty) => runSteps(empty, steps));

const openReadOnly = (path: string): Promise<Result<OpenFile, HindcastError>> =>
  openedBy(path, () => DuckDBInstance.create(path, { ...confined, access_mode: "READ_ONLY" }));

async function openedBy(path: string, open: () => Promise<Database>): Promise<Result<OpenFile, HindcastError>> {
  try {
    return ok(openFile(await open()));
  } catch (error) {
    const reason = reasonOf(error);
    if (/lock on file|being used by another process/i.test(reason))
      return failed(hindcastError("recording-in-use", { path }));
    if (/not a valid DuckDB database/i.test(reason)) return failed(hindcastError("not-a-recording", { path }));
    return damaged(path, damageReason(error));
  }
}

const openFile = (instance: Database): OpenFile => ({
  instance,
  dispose: () => {
    instance.closeSync();
    return Promise.resolve();
  },
});

/** DuckDB creates or complains differently for what is no database at all; the first bytes say it plainly. */
export function looksLikeDatabase(path: string): Result<true, HindcastError> {
  if (!existsSync(path)) return failed(hindcastError("no-such-file", { path }));
  try {
    // Opening anything else may wait for ever.
    const found = statSync(path);
    if (found.isDirectory()) return failed(hindcastError("is-a-folder", { path }));
    if (!found.isFile()) return failed(hindcastError("not-a-recording", { path }));
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const head = Buffer.alloc(12);
      const length = fstatSync(file).isFile() ? readSync(file, head, 0, 12, 0) : 0;
      if (length !== 12 || head.toString("latin1", 8) !== "DUCK")
        return failed(hindcastError("not-a-recording", { path }));
    } finally {
      closeSync(file);
    }
    const log = statSync(`${path}.wal`, { throwIfNoEntry: false });
    return log === undefined || log.isFile() ? ok(true) : damaged(path, "what is called like its .wal is no file");
  } catch (error) {
    return damaged(path, damageReason(error));
  }
}

/** Nothing that somebody else put into the file runs for it. */
async function formatOf(connection: DuckDBConnection, path: string): Promise<Result<number, HindcastError>> {
  const tables = await plainTables(connection);
  if (!tables.has("recording") || !tables.has("migration")) return failed(hindcastError("not-a-recording", { path }));
  const format = (await Rows.from(await connection.run(`SELECT format FROM recording LIMIT 1`))).numbers("format")[0];
  return format === undefined || format < 1 ? failed(hindcastError("not-a-recording", { path })) : ok(format);
}

/** The format of a whole file that we can read. A file may vanish at any moment: others remove recordings too. */
async function checkedFormat(
  instance: Database,
  path: string,
  steps: readonly Migration[],
  asker: Asker,
): Promise<Result<number, HindcastError>> {
  const owned = new Disposables();
  try {
    const connection = await instance.connect();
    owned.defer(() => connection.closeSync());
    const format = await formatOf(connection, path);
    if (!format.ok) return format;
    const newest = steps.length;
    if (format.value > newest)
      return failed(hindcastError("newer-format", { path, found: String(format.value), newest: String(newest) }));
    const shape = await shapeAfter(format.value === newest ? steps : steps.slice(0, format.value));
    const isCut = await watched(connection, { ...asker, tell: () => undefined }, async () => {
      await checkShape(connection, shape);
      if (format.value === newest) await checkSizes(connection);
      return isShorterThanItSays(connection, path);
    });
    return isCut ? damaged(path, "its end is missing") : format;
  } catch (error) {
    throwIfCancelled(asker.signal);
    return damaged(path, damageReason(error));
  } finally {
    await owned.dispose();
  }
}

/**
 * DuckDB reads what is missing only when it is asked for, and then in the middle of somebody's question. A file that is
 * shorter than all its blocks may still be whole: blocks that are free at its end are cut off after they were counted.
 */
async function isShorterThanItSays(connection: DuckDBConnection, path: string): Promise<boolean> {
  const sizes = await Rows.from(
    await connection.run(
      `SELECT block_size, total_blocks FROM pragma_database_size() WHERE database_name = current_database()`,
    ),
  );
  const blockSize = sizes.numbers("block_size")[0] ?? 0;
  const { size } = await stat(path);
  const isThere = (blocks: number): boolean => size >= fileHeadersBytes + blockSize * blocks;
  return !isThere(sizes.numbers("total_blocks")[0] ?? 0) && !isThere(await usedBlocks(connection));
}

/** DuckDB's three headers before the first block. */
const fileHeadersBytes = 3 * 4096;

/** One more than the number of the last block with something in it. */
async function usedBlocks(connection: DuckDBConnection): Promise<number> {
  const tables = await Rows.from(await connection.run(`SELECT table_name FROM duckdb_tables() WHERE NOT temporary`));
  const highest = [
    `SELECT max(block_id) AS block FROM pragma_metadata_info()`,
    ...tables
      .texts("table_name")
      .map((name) => `SELECT max(block_id) AS block FROM pragma_storage_info(${sqlText(name)})`),
  ];
  const used = await Rows.from(
    await connection.run(`SELECT coalesce(max(block), -1) + 1 AS blocks FROM (${highest.join(" UNION ALL ")})`),
  );
  return used.numbers("blocks")[0] ?? 0;
}

const damaged = (path: string, reason: string) =>
  failed(
    existsSync(path) ? hindcastError("damaged-recording", { path, reason }) : hindcastError("no-such-file", { path }),
  );

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
