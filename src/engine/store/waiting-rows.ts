// Rows between two commits. A commit takes all of them; what it could not write goes back before what came meanwhile.
import { BIGINT, BLOB, DOUBLE, type DuckDBType, UINTEGER, USMALLINT, UTINYINT, VARCHAR } from "@duckdb/node-api";
import type { MarkRow, ProcessRow, SpanRow } from "./recording-rows.js";
import { TableBuffer } from "./table-buffer.js";

export const tables = {
  name: [UINTEGER, VARCHAR],
  location: [UINTEGER, UINTEGER, UINTEGER, UINTEGER, UINTEGER],
  series: [UINTEGER, UINTEGER, UINTEGER, UINTEGER, VARCHAR],
  scope: [UINTEGER, UINTEGER, VARCHAR, BIGINT, BIGINT],
  event: [UINTEGER, BIGINT, BIGINT, UINTEGER, UINTEGER, VARCHAR],
  // prettier-ignore
  span: [UINTEGER, UINTEGER, BIGINT, BIGINT, BIGINT, BIGINT, UINTEGER, USMALLINT, UTINYINT, UTINYINT, UINTEGER, BLOB, BLOB, BLOB, VARCHAR],
  log: [UINTEGER, BIGINT, BIGINT, UTINYINT, UINTEGER, UINTEGER, VARCHAR, VARCHAR],
  metric: [UINTEGER, BIGINT, BIGINT, UINTEGER, DOUBLE],
  write: [UINTEGER, BIGINT, BIGINT, BIGINT, UTINYINT, UINTEGER, VARCHAR, VARCHAR, UINTEGER, UINTEGER],
  keyframe: [UINTEGER, BIGINT, BIGINT, BIGINT, UINTEGER, UINTEGER, VARCHAR, UINTEGER, UINTEGER],
  mark: [UINTEGER, BIGINT, BIGINT, UTINYINT, VARCHAR, BIGINT, VARCHAR, BIGINT],
  definition: [UINTEGER, UTINYINT, UINTEGER, UINTEGER],
  /** Temporary: ends of spans that the file has already, joined to them in the same transaction. */
  span_end: [UINTEGER, UINTEGER, BIGINT, BIGINT, UTINYINT, UINTEGER, VARCHAR],
} as const satisfies Record<string, readonly DuckDBType[]>;
export type TableName = keyof typeof tables;

export const tableNames: readonly TableName[] = [
  "name",
  "location",
  "series",
  "scope",
  "event",
  "span",
  "log",
  "metric",
  "write",
  "keyframe",
  "mark",
  "definition",
  "span_end",
];

type Buffers = Readonly<Record<TableName, TableBuffer>>;

const newBuffers = (): Buffers => ({
  name: new TableBuffer(tables.name),
  location: new TableBuffer(tables.location),
  series: new TableBuffer(tables.series),
  scope: new TableBuffer(tables.scope),
  event: new TableBuffer(tables.event),
  span: new TableBuffer(tables.span),
  log: new TableBuffer(tables.log),
  metric: new TableBuffer(tables.metric),
  write: new TableBuffer(tables.write),
  keyframe: new TableBuffer(tables.keyframe),
  mark: new TableBuffer(tables.mark),
  definition: new TableBuffer(tables.definition),
  span_end: new TableBuffer(tables.span_end),
});

export class WaitingRows {
  readonly buffers = newBuffers();
  /** Spans begun since the last commit, by "process/span": still whole in memory when they end early. */
  readonly newSpans = new Map<string, SpanRow>();
  readonly processes = new Map<number, ProcessRow>();
  /** The one mark of each process's end; undefined when it has not ended after all. */
  readonly ends = new Map<number, MarkRow | undefined>();
  start: bigint | undefined;
  count = 0;

  /** `later` came after these. A span of these that ended there is written as it began, and then given its end. */
  append(later: WaitingRows): void {
    for (const name of tableNames) this.buffers[name].append(later.buffers[name]);
    for (const [key, row] of later.newSpans) this.newSpans.set(key, row);
    for (const [process, row] of later.processes) this.processes.set(process, row);
    for (const [process, mark] of later.ends) this.ends.set(process, mark);
    this.start = later.start ?? this.start;
    this.count += later.count;
  }
}
