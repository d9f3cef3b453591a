// Why a file could not be written, in words of the catalogue. DuckDB tells it in sentences, Node by codes.
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";

export function errorFromWriting(path: string, error: unknown): HindcastError {
  const reason = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
  return /no space left|disk full|ENOSPC|EDQUOT|quota exceeded|not enough space/i.test(reason)
    ? hindcastError("disk-full", { path })
    : hindcastError("cannot-write", { path, reason });
}

/** DuckDB refuses all further work on the file: it has to be opened anew. */
export const isFatal = (error: unknown): boolean =>
  error instanceof Error && /^FATAL Error|database has been invalidated/.test(error.message);
