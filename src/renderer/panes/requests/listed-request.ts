// A request of a list, out of the columns of a page.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import { spanStatuses } from "../../../shared/trace/attributes.js";

export type RequestColumns = CallResult<"requests.list">;

export interface ListedRequest {
  readonly process: number;
  readonly seq: number;
  readonly timeNs: number;
  /** NaN where no end was recorded. */
  readonly tookNs: number;
  readonly isFailed: boolean;
  /** 0 where there is none. */
  readonly code: number;
  readonly target: string;
  readonly errorType: string;
  readonly spanId: string;
  readonly traceId: string;
}

export const listedRequest = (columns: RequestColumns, i: number): ListedRequest => ({
  process: columns.process[i] ?? 0,
  seq: columns.seq[i] ?? 0,
  timeNs: columns.timeNs[i] ?? 0,
  tookNs: columns.tookNs[i] ?? NaN,
  isFailed: columns.status[i] === spanStatuses.indexOf("error"),
  code: columns.code[i] ?? 0,
  target: columns.targets[i] ?? "",
  errorType: columns.errorTypes[i] ?? "",
  spanId: columns.spanIds[i] ?? "",
  traceId: columns.traceIds[i] ?? "",
});

/** What became of it: `201`, `500 failed`, `aborted`, `unfinished`. */
export function outcomeText({ code, isFailed, errorType, tookNs }: ListedRequest): string {
  if (Number.isNaN(tookNs)) return "unfinished";
  if (isFailed) return code > 0 && errorType !== "aborted" ? `${code} failed` : errorType || "failed";
  return code > 0 ? String(code) : "ended";
}
