// Why a file could not be written, in words of the catalogue. DuckDB tells it in sentences, Node by codes.
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";

export function errorFromWriting(path: string, error: unknown): HindcastError {
  const reason = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
  return /no space left|disk full|ENOSPC|EDQUOT|quota exceeded|not enough space/i.test(reason)
    ? hindcastError("disk-full", { path })
    : hindcastError("cannot-write", { path, reason });
}
