// Which service calls which: a client span and the server span of another process that is its child are a call between
// two services; a client span without one is a call to whom its attributes name. A server span whose caller was not recorded comes
// from outside.
import type { CallArgs, CallResult } from "../../shared/protocol/engine-calls.js";
import { spanKinds, spanStatuses } from "../../shared/trace/attributes.js";
import type { Query } from "./readers.js";
import { attributeIn } from "./sql-text.js";
import { storable } from "./zoom-levels.js";

type Graph = CallResult<"services.graph">;
type Node = Graph["nodes"][number];

const kindIn = (...kinds: (typeof spanKinds)[number][]): string =>
  `kind IN (${kinds.map((kind) => spanKinds.indexOf(kind)).join(", ")})`;
const attribute = (...names: readonly string[]): string =>
  `coalesce(${names.map(attributeIn("s.attributes")).join(", ")})`;

/** A callee may begin before its caller by another clock, and after the range. */
const slackNs = 60_000_000_000n;

/**
 * `callee`: the service that took the call; `address` and `system`: of whom the caller says it calls. What is known at an address
 * by other calls is there for those that failed before they arrived.
 */
const callsSql = `
  WITH caller AS (
    SELECT s.process, s.span_id, s.trace_id, s.status, s.end_instant - s.instant AS took, p.service_name AS service,
      ${attribute("db.system.name", "db.system")} AS system,
      ${attribute("server.address", "net.peer.name", "peer.service")} AS host, ${attribute("server.port", "net.peer.port")} AS port
    FROM span AS s JOIN process AS p ON p.process = s.process
    WHERE ${kindIn("client", "producer")} AND s.instant >= $1 AND s.instant < $2),
  callee AS (
    SELECT s.parent_span_id, s.trace_id, min(p.service_name) AS service
    FROM span AS s JOIN process AS p ON p.process = s.process
    WHERE ${kindIn("server", "consumer")} AND octet_length(s.parent_span_id) > 0 AND s.instant >= $3 AND s.instant < $4
    GROUP BY ALL),
  call AS (
    SELECT c.*, callee.service AS callee, coalesce(c.host || coalesce(':' || c.port, ''), '') AS address
    FROM caller AS c LEFT JOIN callee ON callee.parent_span_id = c.span_id AND callee.trace_id = c.trace_id),
  known AS (SELECT address, min(callee) AS callee FROM call WHERE callee IS NOT NULL AND address <> '' GROUP BY address
    HAVING count(DISTINCT callee) = 1),
  inward AS (
    SELECT p.service_name AS service, s.status, s.end_instant - s.instant AS took
    FROM span AS s JOIN process AS p ON p.process = s.process
    WHERE ${kindIn("server", "consumer")} AND s.instant >= $1 AND s.instant < $2 AND NOT EXISTS (
      FROM span AS o WHERE o.span_id = s.parent_span_id AND o.trace_id = s.trace_id
        AND o.instant >= $3 AND o.instant < $4)),
  edge AS (
    SELECT 'service' AS from_kind, c.service AS from_name,
      CASE WHEN c.callee IS NOT NULL OR known.callee IS NOT NULL THEN 'service' WHEN c.system IS NOT NULL THEN 'database'
        ELSE 'external' END AS to_kind,
      coalesce(c.callee, known.callee, trim(coalesce(c.system, '') || ' ' || c.address)) AS to_name, c.status, c.took
    FROM call AS c LEFT JOIN known ON known.address = c.address
    UNION ALL SELECT 'outside', 'outside', 'service', service, status, took FROM inward)
  SELECT from_kind, from_name, to_kind, to_name, count(*)::DOUBLE AS calls,
    count(*) FILTER (status = ${spanStatuses.indexOf("error")})::DOUBLE AS errors,
    (quantile_disc(took, 0.5))::DOUBLE AS p50, (quantile_disc(took, 0.95))::DOUBLE AS p95, (quantile_disc(took, 0.99))::DOUBLE AS p99
  FROM edge GROUP BY ALL ORDER BY calls DESC, from_name, to_name`;

export async function serviceGraph(
  query: Query,
  args: Pick<CallArgs<"services.graph">, "from" | "to">,
): Promise<Graph> {
  const [from, to] = [storable(args.from), storable(args.to)];
  const rows = await query(callsSql, [from, to, storable(from - slackNs), storable(to + slackNs)]);
  const nodes: Node[] = [];
  const places = new Map<string, number>();
  const placeOf = (kind: string, name: string): number => {
    const key = `${kind} ${name}`;
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, nodes.length);
    nodes.push({ kind: kindFrom(kind), name: name === "" ? "unknown" : name });
    return nodes.length - 1;
  };
  const [fromKinds, toKinds, fromNames] = [
    rows.texts("from_kind"),
    rows.texts("to_kind"),
    rows.textsOrEmpty("from_name"),
  ];
  const toNames = rows.textsOrEmpty("to_name");
  const seconds = Number(to - from) / 1e9;
  const calls = Uint32Array.from(rows.numbers("calls"));
  return {
    from: Uint32Array.from(fromKinds, (kind, row) => placeOf(kind, fromNames[row] ?? "")),
    to: Uint32Array.from(toKinds, (kind, row) => placeOf(kind, toNames[row] ?? "")),
    nodes,
    calls,
    errors: Uint32Array.from(rows.numbers("errors")),
    perSecond: Float64Array.from(calls, (count) => (seconds > 0 ? count / seconds : 0)),
    p50Ns: Float64Array.from(rows.float64sOrNaN("p50")),
    p95Ns: Float64Array.from(rows.float64sOrNaN("p95")),
    p99Ns: Float64Array.from(rows.float64sOrNaN("p99")),
  };
}

const kindFrom = (kind: string): Node["kind"] =>
  kind === "database" || kind === "external" || kind === "outside" ? kind : "service";
