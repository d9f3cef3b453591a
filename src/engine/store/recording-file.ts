// A recording's file that is open for reading on this thread, and what is asked of one wherever it is open.
import { nobody } from "../../shared/base/asker.js";
import { throwIfCancelled } from "../../shared/base/cancel.js";
import type { Result } from "../../shared/base/result.js";
import { failed, ok } from "../../shared/base/result.js";
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";
import { damageReason } from "./damage.js";
import { type ExportRequest, exportFile } from "./export-file.js";
import { type OpenFile, openForReading } from "./open-file.js";
import { type Query, Readers, queryFor } from "./readers.js";
import { type StoredFacts, readFacts } from "./summary.js";

export interface RecordingFile {
  readonly query: Query;
  /** Of what is committed; answers its size in bytes. */
  exportTo(request: ExportRequest): Promise<Result<number, HindcastError>>;
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

  exportTo(request: ExportRequest): Promise<Result<number, HindcastError>> {
    return this.readers.hold((source) => exportFile(source, request));
  }

  async close(): Promise<void> {
    await this.readers.dispose();
    await this.file.dispose();
  }
}
