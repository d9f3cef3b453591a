// Lines of the log, as a list of records: out of the columns of a page.
import { ok } from "../../../shared/base/result.js";
import type { LogColumns } from "../../../shared/protocol/engine-rows.js";
import type { OpenRecording } from "../../state/open-recording.svelte.js";
import type { RowSource, RowsView } from "../../state/rows-view.svelte.js";
import { detailsOf } from "./log-text.js";

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

export type LogsView = RowsView<LogColumns, LogLine>;

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

export const logSource = (recording: OpenRecording): RowSource<LogColumns, LogLine> => ({
  page: (filter, first, limit, signal, tell) => recording.call("logs.page", { ...filter, first, limit }, signal, tell),
  rowAt: async (filter, instant, signal, tell) => {
    const answer = await recording.call("logs.around", { ...filter, instant, before: 0, after: 0 }, signal, tell);
    return answer.ok ? ok({ row: answer.value.row, total: answer.value.page.total }) : answer;
  },
  rowOf: lineOf,
  detailsOf: (line) => detailsOf(line, recording.process(line.process)?.serviceName ?? ""),
  total: () => recording.summary.counts.logs,
  evicted: () => recording.summary.evicted?.logs ?? 0,
});
