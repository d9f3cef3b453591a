// Marks and spans as values of their columns.
import { DuckDBBlobValue } from "@duckdb/node-api";
import { spanKinds, spanStatuses } from "../../shared/trace/attributes.js";
import type { MarkRow, SpanRow } from "./recording-rows.js";
import { markKinds } from "./schema.js";
import type { TableBuffer } from "./table-buffer.js";

export function pushMark(buffer: TableBuffer, row: MarkRow): void {
  const { process, seq, instant, kind, label, lost, reason, lostWrites } = row;
  const writes = lostWrites === undefined ? null : BigInt(lostWrites);
  buffer.push(process, BigInt(seq), instant, markKinds.indexOf(kind), label, BigInt(lost), reason ?? null, writes);
}

export function pushSpan(buffer: TableBuffer, row: SpanRow): void {
  buffer.push(
    row.process,
    row.span,
    BigInt(row.seq),
    row.instant,
    row.end === undefined ? null : BigInt(row.end.seq),
    row.end?.instant ?? null,
    row.parent,
    row.lane,
    spanKinds.indexOf(row.kind),
    spanStatuses.indexOf(row.status),
    row.name,
    new DuckDBBlobValue(row.traceId),
    new DuckDBBlobValue(row.spanId),
    row.parentSpanId === undefined ? null : new DuckDBBlobValue(row.parentSpanId),
    row.attributes,
  );
}
