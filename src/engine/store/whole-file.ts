// A file that stands under its name whole or not at all: it grows under another name beside it, and what a killed process
// left of one is removed by the next.
import { randomBytes } from "node:crypto";
import { link, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { type Result, failed, ok } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import { errorFromWriting } from "./cannot-write.js";
import { newFileSettings } from "./file-settings.js";

/** Whether a file may be put there. */
export async function checkTarget(path: string, overwrite: boolean): Promise<Result<undefined, HindcastError>> {
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
export async function isFree(path: string): Promise<boolean> {
  try {
    const instance = await DuckDBInstance.create(path, { ...newFileSettings, access_mode: "READ_ONLY" });
    instance.closeSync();
    return true;
  } catch (error) {
    return !(error instanceof Error && /lock on file|being used by another process/i.test(error.message));
  }
}

/** A name for the unfinished copy; what copies of the same name left when their process was killed goes. */
export async function partFor(path: string): Promise<string> {
  const folder = dirname(path);
  const stem = `.${basename(path)}.`;
  const isAbandoned = (name: string): boolean => {
    const [, pid] = /^(\d+)-[0-9a-f]{8}\.part(\.wal)?$/.exec(name.slice(stem.length)) ?? [];
    return name.startsWith(stem) && pid !== undefined && !isRunning(Number(pid));
  };
  for (const name of await readdir(folder).catch(() => []))
    if (isAbandoned(name)) await rm(join(folder, name), { recursive: true, force: true });
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

/** Under its name in one step. Without leave to overwrite, a file that came there meanwhile stays. */
export async function publish(part: string, path: string, overwrite: boolean): Promise<Result<number, HindcastError>> {
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
