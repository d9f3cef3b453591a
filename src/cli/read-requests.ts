// hindcast requests: what services were asked for, by route; with --route, the slowest requests of one.
import { failed, ok, type Result } from "../shared/base/result.js";
import type { CallResult } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { spanKinds, spanStatuses } from "../shared/trace/attributes.js";
import { offsetFromStart } from "../shared/trace/iso-time.js";
import { usualLimit } from "./correlate.js";
import type { CommandArgs } from "./decode-args.js";
import { type Done, type Reading, done, range, withRecording } from "./reading.js";
import { instantsAsText, onOneLine } from "./rows.js";
import { aligned } from "./table-text.js";
import type { Ending } from "./terminal.js";
import { durationText } from "./time-text.js";
import type { World } from "./world.js";

/** The engine gives no more at once. */
const mostListed = 2000;

interface RouteRow {
  readonly service: string;
  readonly route: string;
  readonly kind: "server" | "consumer";
  readonly requests: number;
  readonly failed: number;
  readonly unfinished: number;
  readonly perSecond: number;
  readonly p50Ns: number | null;
  readonly p95Ns: number | null;
  readonly p99Ns: number | null;
  readonly maxNs: number | null;
  readonly totalNs: number;
}

export const requests = (world: World, args: CommandArgs<"requests">): Promise<Ending> =>
  withRecording(world, args.file, async (reading) => {
    const times = range(reading, args);
    if (!times.ok) return times;
    const { call, recordingId } = reading;
    const answer = await call("requests.routes", { recordingId, ...times.value });
    if (!answer.ok) return answer;
    const rows = rowsOf(answer.value).filter(({ service }) => args.service === undefined || service === args.service);
    if (args.route === undefined) return printRoutes(reading, rows.slice(0, args.limit), args.json);
    const found = routeNamed(rows, args.route);
    return found.ok ? printRequests(reading, found.value, times.value, args) : found;
  });

const ns = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value);
const shown = (value: number | null): string => (value === null ? "–" : durationText(value));

function rowsOf(found: CallResult<"requests.routes">): readonly RouteRow[] {
  return found.routes.map((route, at) => ({
    service: found.services[at] ?? "",
    route,
    kind: spanKinds[found.kind[at] ?? 0] === "consumer" ? "consumer" : "server",
    requests: found.requests[at] ?? 0,
    failed: found.failed[at] ?? 0,
    unfinished: found.unfinished[at] ?? 0,
    perSecond: found.perSecond[at] ?? 0,
    p50Ns: ns(found.p50Ns[at]),
    p95Ns: ns(found.p95Ns[at]),
    p99Ns: ns(found.p99Ns[at]),
    maxNs: ns(found.maxNs[at]),
    totalNs: found.totalNs[at] ?? 0,
  }));
}

async function printRoutes({ out }: Reading, rows: readonly RouteRow[], asJson: boolean): Promise<Done> {
  if (asJson) for (const row of rows) await out.line(JSON.stringify(row));
  if (asJson || rows.length === 0) return done;
  const cells = rows.map((row) => [
    onOneLine(row.service),
    onOneLine(row.kind === "consumer" ? `${row.route} (messages)` : row.route),
    String(row.requests),
    String(row.failed),
    row.perSecond.toPrecision(3),
    ...[row.p50Ns, row.p95Ns, row.p99Ns, row.maxNs, row.totalNs].map(shown),
  ]);
  const headings = ["SERVICE", "ROUTE", "REQUESTS", "FAILED", "PER SECOND", "P50", "P95", "P99", "MAX", "TOTAL"];
  for (const line of aligned([headings, ...cells], new Set([2, 3, 4, 5, 6, 7, 8, 9]))) await out.line(line);
  return done;
}

function routeNamed(rows: readonly RouteRow[], typed: string): Result<RouteRow, HindcastError> {
  const candidates = rows.filter(({ route }) => route === typed);
  const [only, ...others] = candidates;
  if (only === undefined)
    return failed(
      hindcastError("bad-usage", { reason: `no requests of ${typed}; hindcast requests lists the routes` }),
    );
  if (others.length === 0) return ok(only);
  const services = [...new Set(candidates.map(({ service }) => service))].join(", ");
  return failed(
    hindcastError("bad-usage", { reason: `several services have ${typed}: ${services}; name one with --service` }),
  );
}

async function printRequests(
  { call, recordingId, summary, out }: Reading,
  { service, route, kind }: RouteRow,
  times: { readonly from: bigint; readonly to: bigint },
  args: CommandArgs<"requests">,
): Promise<Done> {
  const wanted = args.limit ?? usualLimit;
  for (let first = 0; first < wanted; first += mostListed) {
    const limit = Math.min(mostListed, wanted - first);
    const of = { service, route, kind, order: "slowest" } as const;
    const answer = await call("requests.list", { recordingId, ...times, ...of, first, limit });
    if (!answer.ok) return answer;
    const found = answer.value;
    const rows = found.spanIds.map((spanId, at) => ({
      start: summary.start + BigInt(Math.round(found.timeNs[at] ?? 0)),
      durationNs: ns(found.tookNs[at]),
      process: found.process[at] ?? 0,
      status: spanStatuses[found.status[at] ?? 0] ?? "unset",
      code: found.code[at] === 0 ? null : found.code[at],
      target: found.targets[at] ?? "",
      errorType: found.errorTypes[at] === "" ? null : found.errorTypes[at],
      spanId,
      traceId: found.traceIds[at] ?? "",
    }));
    for (const row of rows) {
      const outcome = row.status === "error" ? `${row.code ?? row.errorType ?? ""} failed` : String(row.code ?? "");
      const started = offsetFromStart(row.start, summary.start);
      const text = `${started}  ${row.process}  ${shown(row.durationNs).padStart(10)}  ${outcome.trim().padEnd(10)}  ${row.target}  ${row.spanId}`;
      await out.line(args.json ? JSON.stringify(row, instantsAsText) : onOneLine(text));
    }
    if (rows.length < limit) break;
  }
  return done;
}
