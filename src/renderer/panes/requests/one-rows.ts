// One request as rows of one list: what the time went to, its errors, its spans, its logs and its writes to state.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import { spanKinds, spanStatuses } from "../../../shared/trace/attributes.js";
import { spanLabel } from "../../state/span-label.js";

export type OneRequest = CallResult<"requests.one">;

/** Time that went to spans of one service that are about the same. */
export interface TimeShare {
  readonly process: number;
  readonly label: string;
  readonly ns: number;
  readonly share: number;
  readonly spans: number;
  /** The span that it went to most. */
  readonly row: number;
}

export type OneRow =
  | { readonly kind: "head"; readonly title: string; readonly note: string }
  | { readonly kind: "share"; readonly share: TimeShare }
  | { readonly kind: "failed"; readonly row: number }
  | { readonly kind: "span"; readonly row: number }
  | { readonly kind: "log"; readonly at: number }
  | { readonly kind: "write"; readonly at: number }
  | { readonly kind: "note"; readonly text: string };

const mostShares = 6;
const errorStatus = spanStatuses.indexOf("error");
const clientKind = spanKinds.indexOf("client");

/** What a span is about, in a line. */
export const labelOf = (one: OneRequest, row: number): string =>
  spanLabel(one.spans.names[row] ?? "", one.spans.attributes[row] ?? "");

export function timeShares(one: OneRequest): readonly TimeShare[] {
  const shares = new Map<string, { process: number; label: string; ns: number; rows: Map<number, number> }>();
  let all = 0;
  for (const [at, row] of one.criticalRow.entries()) {
    const ns = (one.criticalToNs[at] ?? 0) - (one.criticalFromNs[at] ?? 0);
    all += ns;
    const process = one.spans.process[row] ?? 0;
    const own = one.spans.kind[row] === clientKind || one.spans.kind[row] === 0 ? "" : ", in its own code";
    const label = `${labelOf(one, row)}${own}`;
    const key = `${process} ${label}`;
    const known = shares.get(key) ?? { process, label, ns: 0, rows: new Map<number, number>() };
    shares.set(key, known);
    known.ns += ns;
    known.rows.set(row, (known.rows.get(row) ?? 0) + ns);
  }
  return [...shares.values()]
    .sort((a, b) => b.ns - a.ns)
    .slice(0, mostShares)
    .map(({ process, label, ns, rows }) => {
      const [most = [0, 0]] = [...rows].sort((a, b) => b[1] - a[1]);
      return { process, label, ns, share: all > 0 ? ns / all : 0, spans: rows.size, row: most[0] };
    });
}

export interface NsStretch {
  readonly fromNs: number;
  readonly toNs: number;
}

/** Stretches of the critical path by the row of their span. */
export function criticalByRow(one: OneRequest): ReadonlyMap<number, readonly NsStretch[]> {
  const byRow = new Map<number, NsStretch[]>();
  for (const [at, row] of one.criticalRow.entries()) {
    const stretch = { fromNs: one.criticalFromNs[at] ?? 0, toNs: one.criticalToNs[at] ?? 0 };
    const known = byRow.get(row);
    if (known === undefined) byRow.set(row, [stretch]);
    else known.push(stretch);
  }
  return byRow;
}

export const isFailed = (one: OneRequest, row: number): boolean => one.spans.status[row] === errorStatus;

/** From the first beginning to the last end that is shown. */
export function extentOf(one: OneRequest, untilNs: number): NsStretch {
  let [fromNs, toNs] = [one.spans.startNs[0] ?? 0, 0];
  for (const [row, start] of one.spans.startNs.entries()) {
    const end = one.spans.endNs[row] ?? NaN;
    fromNs = Math.min(fromNs, start);
    toNs = Math.max(toNs, Number.isNaN(end) ? untilNs : end);
  }
  return { fromNs, toNs: Math.max(toNs, fromNs + 1) };
}

const counted = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;

export function oneRows(one: OneRequest): readonly OneRow[] {
  const spans = one.spans.names.map((_, row): OneRow => ({ kind: "span", row }));
  const failed = one.spans.names.flatMap((_, row): OneRow[] => (isFailed(one, row) ? [{ kind: "failed", row }] : []));
  const errorLogs = [...one.logs.severity].flatMap((severity, at): OneRow[] =>
    severity >= 17 ? [{ kind: "log", at }] : [],
  );
  const logs = [...one.logs.severity].map((_, at): OneRow => ({ kind: "log", at }));
  const writes = [...one.writes.seq].map((_, at): OneRow => ({ kind: "write", at }));
  const errors = [...failed, ...errorLogs];
  const rows: OneRow[] = [
    { kind: "head", title: "Where the time went", note: "along the critical path" },
    ...timeShares(one).map((share): OneRow => ({ kind: "share", share })),
    ...(errors.length === 0
      ? []
      : [{ kind: "head", title: "Errors", note: String(errors.length) } as const, ...errors]),
    { kind: "head", title: "Spans", note: `${counted(spans.length, "span")}; the thick line is the critical path` },
    ...spans,
  ];
  if (one.truncated)
    rows.push({ kind: "note", text: "Its trace has more spans than are looked through: some may be missing." });
  if (one.others > 0)
    rows.push({
      kind: "note",
      text: `${counted(one.others, "more span")} of the same trace belong to other requests.`,
    });
  rows.push({ kind: "head", title: "Logs", note: counted(one.logs.total, "line") }, ...logs);
  if (logs.length === 0) rows.push({ kind: "note", text: "Nothing was logged within it." });
  if (one.logs.total > logs.length) rows.push({ kind: "note", text: `The first ${logs.length} of them.` });
  rows.push({ kind: "head", title: "Writes to state", note: counted(one.writesTotal, "write") }, ...writes);
  if (writes.length === 0) rows.push({ kind: "note", text: "It changed nothing that is tracked." });
  if (one.writesTotal > writes.length) rows.push({ kind: "note", text: `The first ${writes.length} of them.` });
  return rows;
}
