// A recording's file that is open for reading on this thread, and what is asked of one wherever it is open.
import { setTimeout as wait } from "node:timers/promises";
import { nobody } from "../../shared/base/asker.js";
import { throwIfCancelled } from "../../shared/base/cancel.js";
import type { Result } from "../../shared/base/result.js";
import { failed, ok } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import { damageReason } from "./damage.js";
import { type ExportRequest, type Exported, exportFile } from "./export-file.js";
import { type OpenFile, openForReading } from "./open-file.js";
import { type Query, Readers, queryFor } from "./readers.js";
import { type StoredFacts, readFacts } from "./summary.js";

export interface RecordingFile {
  readonly query: Query;
  /** Of what is committed. */
  exportTo(request: ExportRequest): Promise<Result<Exported, HindcastError>>;
  /** Resolves when every question asked before has been answered. */
  close(): Promise<void>;
}

export class SavedFile implements RecordingFile {
  private constructor(
    readonly file: OpenFile,
    readonly readers: Readers,
    readonly facts: StoredFacts,
  ) {}

  /** Throws `Cancelled` when who asks gives up. */
  static async open(path: string, asker = nobody): Promise<Result<SavedFile, HindcastError>> {
    const file = await openForReading(path, undefined, asker);
    if (!file.ok) return file;
    const readers = await Readers.open(file.value.instance);
    try {
      return ok(new SavedFile(file.value, readers, await readFacts(queryFor(readers.query, asker))));
    } catch (error) {
      await readers.dispose();
      await file.value.dispose();
      throwIfCancelled(asker.signal);
      return failed(hindcastError("damaged-recording", { path, reason: damageReason(error) }));
    }
  }

  readonly query: Query = (sql, values, asker) => this.readers.query(sql, values, asker);

  /** Nobody asks anything of it just now. */
  get isIdle(): boolean {
    return this.readers.isIdle;
  }

  /** What is read is a copy in today's format: the file itself is not open. */
  get isCopy(): boolean {
    return this.file.isCopy === true;
  }

  exportTo(request: ExportRequest): Promise<Result<Exported, HindcastError>> {
    return this.readers.hold((source) => exportFile(source, request));
  }

  async close(): Promise<void> {
    await this.readers.dispose();
    await this.file.dispose();
  }
}

const openAgainEveryMs = 50;
const timesOpenedAgain = 60;

/** A file that was let go of for a moment, in which somebody else may have begun to write into it: they are soon done. */
export async function openedAgain(path: string): Promise<Result<SavedFile, HindcastError>> {
  for (let left = timesOpenedAgain; ; left--) {
    const opened = await SavedFile.open(path);
    if (opened.ok || left === 0 || opened.error.code !== "recording-in-use") return opened;
    await wait(openAgainEveryMs);
  }
}
