// A line of the log, out of the columns of a page.
import type { LogColumns } from "../../../shared/protocol/engine-rows.js";
import { RowPages } from "../../state/row-pages.js";

export interface LogLine {
  readonly row: number;
  readonly process: number;
  readonly seq: number;
  readonly timeNs: number;
  readonly severity: number;
  readonly body: string;
  readonly attributes: string;
  readonly source: string;
  readonly spanId: string;
  readonly traceId: string;
}

export const newLogPages = (): RowPages<LogColumns, LogLine> => new RowPages(lineOf);

export function lineOf(columns: LogColumns, i: number, row: number): LogLine {
  return {
    row,
    process: columns.process[i] ?? 0,
    seq: columns.seq[i] ?? 0,
    timeNs: columns.timeNs[i] ?? 0,
    severity: columns.severity[i] ?? 0,
    body: columns.bodies[i] ?? "",
    attributes: columns.attributes[i] ?? "",
    source: columns.sources[i] ?? "",
    spanId: columns.spanIds[i] ?? "",
    traceId: columns.traceIds[i] ?? "",
  };
}
