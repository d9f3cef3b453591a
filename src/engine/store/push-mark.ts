// Marks as values of their columns.
import type { MarkRow } from "./recording-rows.js";
import { markKinds } from "./schema.js";
import type { TableBuffer } from "./table-buffer.js";

export function pushMark(buffer: TableBuffer, row: MarkRow): void {
  const { process, seq, instant, kind, label, lost, reason, lostWrites } = row;
  const writes = lostWrites === undefined ? null : BigInt(lostWrites);
  buffer.push(process, BigInt(seq), instant, markKinds.indexOf(kind), label, BigInt(lost), reason ?? null, writes);
}
