// Why a file could not be written, in words of the catalogue. DuckDB tells it in sentences, Node by codes.
import { type HindcastError, hindcastError } from "../../shared/protocol/errors.js";

export function errorFromWriting(path: string, error: unknown): HindcastError {
  const said = (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
  return /no space left|disk full|ENOSPC|EDQUOT|quota exceeded|not enough space/i.test(said)
    ? hindcastError("disk-full", { path })
    : hindcastError("cannot-write", { path, reason: reasonIn(said) });
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/permission denied|not permitted|EACCES|EPERM/i, "you have no right to write there"],
  [/read-only|EROFS/i, "that disk is read-only"],
  [/file too large|EFBIG/i, "no file there may grow that large"],
  [/name too long|ENAMETOOLONG/i, "its name is too long"],
  [/not a directory|no such file|ENOTDIR|ENOENT/i, "no file can be made there"],
  [/input\/output error|\bEIO\b/i, "the disk reports an error"],
];

/** The end of the sentence "… cannot be written: ". DuckDB names its own files first and what the system said last. */
const reasonIn = (said: string): string =>
  reasons.find(([known]) => known.test(said))?.[1] ?? said.slice(said.lastIndexOf(": ") + 1).trim();

/** DuckDB refuses all further work on the file: it has to be opened anew. */
export const isFatal = (error: unknown): boolean =>
  error instanceof Error && /^FATAL Error|database has been invalidated/.test(error.message);
