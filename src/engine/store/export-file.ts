// A recording, or a stretch of time of it, for others: as a recording, as Parquet, as JSON lines. What stands under the name
// asked for is either nothing or all of it; what grows meanwhile is in a folder of its own beside it.
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { throwIfCancelled } from "../../shared/base/cancel.js";
import type { Asker } from "../../shared/base/asker.js";
import { Disposables } from "../../shared/base/disposables.js";
import { type Result, failed, ok } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import type { ExportFormat, FoundSecrets, RedactAlso } from "../../shared/protocol/export-calls.js";
import { errorFromWriting } from "./cannot-write.js";
import { type CopyRequest, asOfNow, copyFile } from "./copy-file.js";
import { writing } from "./copy-rows.js";
import { writeLines } from "./export-lines.js";
import { checkFolder, writeParquet } from "./export-parquet.js";
import { readingSettings } from "./file-settings.js";
import { hiddenObjects } from "./hidden-objects.js";
import { evictedIn, leavingSizes } from "./leaving-sizes.js";
import { lookedAt, scopeNames } from "./leaving-texts.js";
import { queryOn } from "./readers.js";
import { RedactedRows } from "./redacted-rows.js";
import { tellingBytes } from "./written-bytes.js";
import { countProgress } from "./watched.js";
import type { Stretch } from "./selection-cut.js";
import { fillSelection } from "./selection-file.js";
import { checkTarget, partFor, publish } from "./whole-file.js";

export interface ExportRequest extends CopyRequest {
  readonly format: ExportFormat;
  /** Everything, where it is absent. */
  readonly stretch: Stretch | undefined;
  /** What looks like a secret is taken out, and this with it; without, nothing is. */
  readonly redact?: RedactAlso | undefined;
}

export interface Exported {
  readonly sizeBytes: number;
  /** What was taken out. */
  readonly removed: FoundSecrets;
  /** Until then something of the stretch was not kept any more. */
  readonly evictedUntil?: bigint | undefined;
}

/** `source` is the caller's for as long as this runs. */
export async function exportFile(
  source: DuckDBConnection,
  request: ExportRequest,
): Promise<Result<Exported, HindcastError>> {
  const { path, overwrite, format, notes, alerts, redact } = request;
  if (format === "hindcast" && request.stretch === undefined && redact === undefined) {
    const copied = await copyFile(source, request);
    return copied.ok ? ok({ sizeBytes: copied.value, removed: [] }) : copied;
  }
  // What is made of records is made anew where something was taken out of them.
  const stretch = request.stretch ?? (format === "hindcast" ? everything : undefined);
  const isFolder = format === "parquet";
  const mayWrite = await (isFolder ? checkFolder(path, overwrite) : checkTarget(path, overwrite));
  if (!mayWrite.ok) return mayWrite;
  const part = await partFor(path);
  const { asker, quiet } = tellingBytes(request.asker, part);
  try {
    return await asOfNow(source, path, async () => {
      const evictedUntil = request.stretch && (await evictedIn(queryOn(source), request.stretch));
      if (evictedUntil !== undefined && request.stretch !== undefined) {
        const { records } = await leavingSizes(queryOn(source), request.stretch);
        if (records === 0) return failed(hindcastError("stretch-evicted", { since: isoTime(evictedUntil) }));
      }
      await writing(() => mkdir(part, { mode: 0o700 }));
      const recording = join(part, "recording.hindcast");
      const redacted = redact === undefined ? undefined : await redactedRows(source, redact, stretch, asker);
      await fillSelection(
        recording,
        source,
        { stretch, notes, alerts, isPlain: format !== "hindcast", redacted },
        asker,
      );
      const exported = (published: Result<number, HindcastError>): Result<Exported, HindcastError> =>
        published.ok ? ok({ sizeBytes: published.value, removed: redacted?.found ?? [], evictedUntil }) : published;
      if (format === "hindcast") return exported(await publish(recording, path, overwrite));
      const made = join(part, "made");
      await readAgain(recording, async (connection) => {
        if (isFolder) await writeParquet(connection, made, asker);
        else await writeLines(connection, made, asker);
      });
      throwIfCancelled(asker.signal);
      return exported(
        isFolder ? await publishFolder(made, path, join(part, "before")) : await publish(made, path, overwrite),
      );
    });
  } finally {
    quiet();
    await rm(part, { recursive: true, force: true });
  }
}

const isoTime = (at: bigint): string => new Date(Number(at / 1_000_000n)).toISOString();

/** Of all that has a time. */
const everything: Stretch = { from: 0n, to: 2n ** 63n - 1n };

async function redactedRows(
  source: DuckDBConnection,
  redact: RedactAlso,
  stretch: Stretch | undefined,
  asker: Asker,
): Promise<RedactedRows> {
  const query = queryOn(source);
  const scopes = await scopeNames(query);
  const conditions = await lookedAt(query, stretch);
  return new RedactedRows(redact, scopes, await hiddenObjects(source, redact, scopes, conditions, asker));
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
