// A copy of an open recording as a file of its own, also while it is being recorded: one read transaction sees the
// recording as of one commit, whatever is written meanwhile, and its rows go into a new file of the same schema.
// Copying the file's bytes instead would need recording to pause, and would take what lies unfolded beside it as well.
// The copy grows under another name: what stands under the name asked for is either nothing or all of it.
import { rm } from "node:fs/promises";
import type { DuckDBConnection } from "@duckdb/node-api";
import { Cancelled, throwIfCancelled } from "../../shared/base/cancel.js";
import { Disposables } from "../../shared/base/disposables.js";
import { type Result, failed } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import type { Asker } from "../../shared/base/asker.js";
import type { Note } from "../../shared/protocol/note-calls.js";
import { type KeptAlerts, alertsAsChanges, noAlerts, writeAlerts } from "./alerts.js";
import { errorFromWriting } from "./cannot-write.js";
import { WritingFailed, copyRows, newFileFor, tablesOf, writing } from "./copy-rows.js";
import { asPut, writeNotes } from "./notes.js";
import { checkTarget, partFor, publish } from "./whole-file.js";

export interface CopyRequest {
  /** Absolute; its folder has to be there. */
  readonly path: string;
  /** What is there already is replaced. */
  readonly overwrite: boolean;
  /** Notes of what is copied: they may not be in its file yet. */
  readonly notes?: readonly Note[] | undefined;
  readonly alerts?: KeptAlerts | undefined;
  /** When they give up, so does this, soon. */
  readonly asker: Asker;
}

/** `source` is the caller's for as long as this runs. */
export async function copyFile(source: DuckDBConnection, request: CopyRequest): Promise<Result<number, HindcastError>> {
  const { path, overwrite } = request;
  const mayWrite = await checkTarget(path, overwrite);
  if (!mayWrite.ok) return mayWrite;
  const part = await partFor(path);
  try {
    return await asOfNow(source, path, async () => {
      await fill(part, source, request);
      return publish(part, path, overwrite);
    });
  } finally {
    for (const file of [part, `${part}.wal`]) await rm(file, { force: true });
  }
}

/** Work on the recording as it is at one commit, with what goes wrong in words of the catalogue. */
export async function asOfNow<Value>(
  source: DuckDBConnection,
  path: string,
  work: () => Promise<Result<Value, HindcastError>>,
): Promise<Result<Value, HindcastError>> {
  await source.run("BEGIN TRANSACTION READ ONLY");
  try {
    return await work();
  } catch (error) {
    if (error instanceof Cancelled) return failed(hindcastError("cancelled"));
    if (error instanceof WritingFailed) return failed(errorFromWriting(path, error.cause));
    throw error;
  } finally {
    // It is over already where reading failed badly.
    await source.run("ROLLBACK").catch(() => undefined);
  }
}

/** Throws `Cancelled`. Whichever way this ends, nothing holds the new file open afterwards. */
async function fill(
  part: string,
  source: DuckDBConnection,
  { notes = [], alerts = noAlerts, asker }: CopyRequest,
): Promise<void> {
  const owned = new Disposables();
  try {
    const target = await newFileFor(source, part, owned);
    const tables = await tablesOf(target);
    const whole = tables.map(({ name, columns }) => ({ name, rows: `SELECT ${columns} FROM "${name}"` }));
    await copyRows(source, target, whole, asker);
    await writing(async () => {
      await writeNotes(target, asPut(notes));
      await writeAlerts(target, alertsAsChanges(alerts));
      await target.run("COMMIT");
      await target.run("CHECKPOINT");
    });
    throwIfCancelled(asker.signal);
  } finally {
    await owned.dispose();
  }
}
