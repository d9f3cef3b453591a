// Routes of requests: how many, how many failed, how long they took. Durations are counted by bins of 1 %, so that all of ten
// million requests come down to some hundred rows for each route, in one reading of narrow columns: attributes are
// read of spans only whose name says no more than the method.
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import { durationBins, durationEdgesNs } from "../../shared/protocol/request-calls.js";
import { spanStatuses } from "../../shared/trace/attributes.js";
import { small } from "./columns.js";
import { binOf, valueOfBin } from "./quantile-sketch.js";
import type { Query } from "./readers.js";
import { requestsWhere } from "./request-sql.js";
import { storable } from "./zoom-levels.js";

export type RequestRoutes = CallResult<"requests.routes">;

/** Those that took most time together. */
const mostRoutes = 2000;

interface Route {
  readonly service: string;
  readonly route: string;
  readonly kind: number;
  failed: number;
  unfinished: number;
  totalNs: number;
  maxNs: number;
  /** Bins of durations, as they come: the shortest first. */
  readonly bins: { readonly bin: number; readonly requests: number }[];
}

const routesSql = (request: string): string => `
  WITH request AS (${request}),
  counted AS MATERIALIZED (
    SELECT process, kind, route, CASE WHEN took IS NULL THEN NULL ELSE ${binOf("took")} END AS bin, count(*) AS requests,
      count(*) FILTER (status = ${spanStatuses.indexOf("error")}) AS failed, sum(took)::DOUBLE AS total, max(took)::DOUBLE AS most
    FROM request GROUP BY ALL),
  named AS MATERIALIZED (
    SELECT coalesce(p.service_name, '') AS service, c.* EXCLUDE (process) FROM counted AS c LEFT JOIN process AS p ON p.process = c.process),
  route AS (SELECT service, kind, route FROM named GROUP BY ALL
    ORDER BY sum(total) DESC NULLS LAST, sum(requests) DESC, service, route, kind LIMIT ${mostRoutes + 1})
  SELECT service, kind, route, bin, sum(requests)::DOUBLE AS requests, sum(failed)::DOUBLE AS failed,
    coalesce(sum(total), 0) AS total, coalesce(max(most), 0) AS most
  FROM named SEMI JOIN route USING (service, kind, route) GROUP BY service, kind, route, bin ORDER BY bin NULLS LAST, service, kind, route`;

export async function requestRoutes(
  query: Query,
  args: Pick<CallArgs<"requests.routes">, "from" | "to">,
): Promise<RequestRoutes> {
  const [from, to] = [storable(args.from), storable(args.to)];
  const rows = await query(routesSql(await requestsWhere(query)), [from, to]);
  const [services, kinds, names] = [rows.texts("service"), rows.numbers("kind"), rows.textsOrEmpty("route")];
  const [bins, requests, failed] = [rows.optionalNumbers("bin"), rows.numbers("requests"), rows.numbers("failed")];
  const [totals, most] = [rows.float64s("total"), rows.float64s("most")];
  const routes = new Map<string, Route>();
  for (const [row, service] of services.entries()) {
    const [kind, name, bin] = [kinds[row] ?? 0, names[row] ?? "", bins[row]];
    const key = JSON.stringify([service, kind, name]);
    const known = routes.get(key);
    const counts = { failed: 0, unfinished: 0, totalNs: 0, maxNs: 0, bins: [] };
    const route: Route = known ?? { service, route: name, kind, ...counts };
    if (known === undefined) routes.set(key, route);
    route.failed += failed[row] ?? 0;
    if (bin === undefined) route.unfinished += requests[row] ?? 0;
    else route.bins.push({ bin, requests: requests[row] ?? 0 });
    route.totalNs += totals[row] ?? 0;
    route.maxNs = Math.max(route.maxNs, most[row] ?? 0);
  }
  const all = [...routes.values()].sort((a, b) => b.totalNs - a.totalNs);
  return columnsOf(all.slice(0, mostRoutes), all.length > mostRoutes, Number(to - from) / 1e9);
}

function columnsOf(routes: readonly Route[], truncated: boolean, seconds: number): RequestRoutes {
  const ended = routes.map(({ bins }) => bins.reduce((sum, { requests }) => sum + requests, 0));
  const all = routes.map(({ unfinished }, at) => unfinished + (ended[at] ?? 0));
  const histogram = new Uint32Array(routes.length * durationBins);
  for (const [at, { bins }] of routes.entries())
    for (const { bin, requests } of bins) {
      const place = at * durationBins + binOfDuration(valueOfBin(bin));
      histogram[place] = (histogram[place] ?? 0) + requests;
    }
  const quantile = (share: number): Float64Array<ArrayBuffer> =>
    Float64Array.from(routes, ({ bins, maxNs }, at) => quantileOf(bins, (ended[at] ?? 0) * share, maxNs));
  return {
    truncated,
    services: routes.map(({ service }) => service),
    routes: routes.map(({ route }) => route),
    kind: small(routes.map(({ kind }) => kind)),
    requests: Uint32Array.from(all),
    failed: Uint32Array.from(routes, ({ failed }) => failed),
    unfinished: Uint32Array.from(routes, ({ unfinished }) => unfinished),
    perSecond: Float64Array.from(all, (count) => (seconds > 0 ? count / seconds : 0)),
    totalNs: Float64Array.from(routes, ({ totalNs }) => totalNs),
    p50Ns: quantile(0.5),
    p95Ns: quantile(0.95),
    p99Ns: quantile(0.99),
    maxNs: Float64Array.from(routes, ({ maxNs }, at) => ((ended[at] ?? 0) === 0 ? NaN : maxNs)),
    histogram,
  };
}

/** Of the request at which so many are no longer; the longest there is bounds what a bin stands for. */
function quantileOf(bins: Route["bins"], wanted: number, maxNs: number): number {
  let before = 0;
  for (const { bin, requests } of bins) {
    before += requests;
    if (before >= wanted) return Math.min(valueOfBin(bin), maxNs);
  }
  return NaN;
}

function binOfDuration(ns: number): number {
  const at = durationEdgesNs.findIndex((edge) => ns <= edge);
  return at < 0 ? durationBins - 1 : at;
}
