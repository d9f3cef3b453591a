// Which spans are requests, and of which route: docs/glossary.md. A route is the name of the span; where that says only the
// method, as no framework told a route, what its path is like says the rest.
import { spanKinds } from "../../shared/trace/attributes.js";
import type { Query } from "./readers.js";
import { attributeIn } from "./sql-text.js";

export const requestKinds: readonly number[] = [spanKinds.indexOf("server"), spanKinds.indexOf("consumer")];

/** Longer paths are no routes. */
const mostPath = 200;

const attribute = attributeIn("attributes");
export const pathSql = attribute("url.path");
export const querySql = attribute("url.query");
export const codeSql = `coalesce(try_cast(${attribute("http.response.status_code")} AS USMALLINT), 0)`;
export const errorTypeSql = attribute("error.type");

/** Parts with digits are of one request, not of the route. */
const shape = `regexp_replace(left(${pathSql}, ${mostPath}), '[^/]*[0-9][^/]*', '*', 'g')`;

/** Names of spans that say a method and nothing else, by their ids. */
async function methods(query: Query): Promise<ReadonlyMap<number, string>> {
  const rows = await query(`SELECT id, text FROM name WHERE regexp_full_match(text, '(HTTP )?[A-Z]{3,10}')`);
  const texts = rows.texts("text");
  return new Map(rows.numbers("id").map((id, row) => [id, texts[row] ?? ""]));
}

const idsIn = (ids: Iterable<number>): string => `(${[-1, ...ids].join(", ")})`;
const within = `kind IN (${requestKinds.join(", ")}) AND instant BETWEEN $1 AND $2`;
const columns = `process, kind, status, end_instant - instant AS took`;

/** A relation of the requests that begin in [$1, $2]: process, kind, status, took, route. */
export async function requestsWhere(query: Query): Promise<string> {
  const bare = idsIn((await methods(query)).keys());
  return `SELECT ${columns}, n.text AS route FROM span LEFT JOIN name AS n ON n.id = span.name WHERE ${within} AND span.name NOT IN ${bare}
    UNION ALL SELECT ${columns}, concat(n.text, ' ' || ${shape}) AS route FROM span JOIN name AS n ON n.id = span.name
      WHERE ${within} AND span.name IN ${bare}`;
}

export interface WantedRoute {
  readonly service: string;
  readonly route: string;
  readonly kind: (typeof spanKinds)[number];
}

/** A condition on rows of `span` for the requests of a route; `$n` is the route's text. Undefined where there are none. */
export async function routeCondition(
  query: Query,
  { service, route, kind }: WantedRoute,
  n: number,
): Promise<string | undefined> {
  const processes = (
    await query(`SELECT process FROM process WHERE coalesce(service_name, '') = $1`, [service])
  ).numbers("process");
  const bare = await methods(query);
  const named = (await query(`SELECT id FROM name WHERE text = $1`, [route]))
    .numbers("id")
    .filter((id) => !bare.has(id));
  const likely = [...bare].filter(([, method]) => route === method || route.startsWith(`${method} `)).map(([id]) => id);
  // Without a name, the route is the empty text.
  const whole = route === "" ? [0] : named;
  if (processes.length === 0 || (whole.length === 0 && likely.length === 0)) return undefined;
  const ways = [
    ...(whole.length === 0 ? [] : [`name IN ${idsIn(whole)}`]),
    ...(likely.length === 0 ? [] : [`(name IN ${idsIn(likely)} AND ${bareRoute(likely, bare)} = $${n})`]),
  ];
  return `process IN ${idsIn(processes)} AND kind = ${spanKinds.indexOf(kind)} AND (${ways.join(" OR ")})
    AND $${n} IS NOT NULL`;
}

function bareRoute(ids: readonly number[], names: ReadonlyMap<number, string>): string {
  const cases = ids.map((id) => `WHEN ${id} THEN '${names.get(id) ?? ""}'`).join(" ");
  return `concat(CASE name ${cases} END, ' ' || ${shape})`;
}
