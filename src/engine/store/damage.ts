// What is wrong with a file, in words for who has it: DuckDB's own sentences speak of its insides.
import { MalformedBytes } from "../../shared/protocol/bytes.js";
import { UnreadableStored } from "./value-json.js";

/** Whether a query failed because of what the file holds, rather than because of what we asked. */
export function isDamage(error: unknown): error is Error {
  if (error instanceof UnreadableStored || error instanceof MalformedBytes) return true;
  return (
    error instanceof Error && (byContents.test(error.message) || reasons.some(([known]) => known.test(error.message)))
  );
}

const byContents =
  /^(IO|Serialization|FATAL|INTERNAL|Conversion|Out of Range|Invalid|Invalid Input) Error|corrupt|database has been invalidated|Current transaction is aborted/i;

const reasons: readonly (readonly [RegExp, string])[] = [
  [/Could not read enough bytes|attempted to read/i, "its end is missing"],
  [/checksum/i, "some of its blocks are not as they were written"],
  [/replaying WAL|WAL file|\bwal\b.*(corrupt|mismatch|version)/i, "the .wal beside it does not belong to it"],
  [/out of memory|failed to allocate|could not allocate/i, "what it holds needs more memory than a recording may take"],
  [
    /Could not read from file|Input\/output error|Stale file handle|Permission denied|\b(EIO|ESTALE|EACCES)\b/i,
    "it cannot be read",
  ],
];

/** The end of the sentence "… is damaged: ". */
export function damageReason(error: unknown): string {
  if (error instanceof UnreadableStored || error instanceof MalformedBytes)
    return `it holds what no Hindcast wrote (${error.message.slice(0, 100)})`;
  const message = error instanceof Error ? error.message : String(error);
  return reasons.find(([known]) => known.test(message))?.[1] ?? "its parts do not fit together";
}
