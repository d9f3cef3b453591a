// What is counted for a comparison of two stretches of time, by cell of equal width: routes, log lines by template, events,
// writes by path, attributes of spans. The first cells are the baseline's.
import { spanKinds, spanStatuses } from "../../shared/trace/attributes.js";
import { binOf, valueOfBin } from "./quantile-sketch.js";
import type { Query } from "./readers.js";
import type { Rows } from "./rows.js";
import { attributeIn } from "./sql-text.js";

export interface Compared {
  readonly baseline: { readonly from: bigint; readonly to: bigint };
  readonly selection: { readonly from: bigint; readonly to: bigint };
  readonly cellNs: bigint;
  /** Cells of each. */
  readonly before: number;
  readonly after: number;
}

/** Counts of one thing by cell. */
export interface Counted {
  readonly service: string;
  readonly subject: string;
  readonly counts: Float64Array;
}

export interface CountedSpans extends Counted {
  readonly errors: Float64Array;
  /** Those that are requests: somebody asked this service. */
  readonly requests: Float64Array;
  /** Those of them whose caller was not recorded. */
  readonly entries: Float64Array;
}

export interface CountedAttribute extends Counted {
  /** Of spans called like this. */
  readonly of: string;
}

export interface Distributed {
  readonly service: string;
  readonly subject: string;
  readonly values: Float64Array;
  readonly before: Float64Array;
  /** Of those, the newer half by time. */
  readonly newer: Float64Array;
  readonly after: Float64Array;
}

/** More different ones than anybody reads: of those there are most of. */
const mostSubjects = 2000;
/** A look at more spans than that takes one of so many. */
const mostSpansRead = 200_000;

export const within = ({ baseline, selection }: Compared, column = "t.instant"): string =>
  `((${column} >= ${baseline.from} AND ${column} < ${baseline.to}) OR (${column} >= ${selection.from} AND ${column} < ${selection.to}))`;
export const cellOf = ({ baseline, selection, cellNs, before }: Compared, column = "t.instant"): string =>
  `(CASE WHEN ${column} >= ${selection.from} AND ${column} < ${selection.to} THEN ${before} + (${column} - ${selection.from}) // ${cellNs}
    ELSE (${column} - ${baseline.from}) // ${cellNs} END)::INTEGER`;
/** 0 in the older half of the baseline, 1 in the newer one, 2 in the selection. */
const sideOf = ({ selection, baseline }: Compared): string =>
  `CASE WHEN t.instant >= ${selection.from} AND t.instant < ${selection.to} THEN 2
    ELSE (t.instant >= ${(baseline.from + baseline.to) / 2n})::INTEGER END`;

export const ofProcess = `JOIN process AS p ON p.process = t.process`;
const named = `LEFT JOIN name AS n ON n.id = t.name`;

/** Rows of service, subject, cell and a column, as one of `Counted` a subject. */
export function counted(
  rows: Rows,
  { before, after }: Compared,
  { column = "n", empty = 0 }: { readonly column?: string; readonly empty?: number } = {},
): Counted[] {
  const [services, subjects] = [rows.textsOrEmpty("service"), rows.textsOrEmpty("subject")];
  const [cells, counts] = [rows.numbers("cell"), rows.numbers(column)];
  const found = new Map<string, Counted>();
  for (const [row, cell] of cells.entries()) {
    const [service, subject] = [services[row] ?? "", subjects[row] ?? ""];
    const key = JSON.stringify([service, subject]);
    const one = found.get(key) ?? { service, subject, counts: new Float64Array(before + after).fill(empty) };
    found.set(key, one);
    one.counts[cell] = counts[row] ?? empty;
  }
  return [...found.values()];
}

/** The most frequent subjects of a relation with service, subject and cell. */
export const frequent = (relation: string, withs?: string): string =>
  `WITH ${withs === undefined ? "" : `${withs}, `}row AS (${relation}), most AS (SELECT service, subject FROM row GROUP BY ALL ORDER BY count(*) DESC LIMIT ${mostSubjects})
   SELECT row.service, row.subject, row.cell, count(*)::DOUBLE AS n FROM row
     JOIN most ON most.service = row.service AND most.subject = row.subject GROUP BY ALL`;

const attribute = attributeIn("t.attributes");

/** What a span of SQL is called by: name, and who was called where that is no part of it. */
const spanSubject = `n.text || CASE WHEN t.kind = ${spanKinds.indexOf("client")} THEN ' to ' ||
    coalesce(${attribute("server.address")} || coalesce(':' || ${attribute("server.port")}, ''), 'others')
  ELSE '' END`;

const isRequest = `t.kind IN (${spanKinds.indexOf("server")}, ${spanKinds.indexOf("consumer")})`;

export async function countedSpans(query: Query, compared: Compared): Promise<CountedSpans[]> {
  const there = `t.parent_span_id IN (SELECT span_id FROM span AS t WHERE ${within(compared)})`;
  const rows = await query(
    `WITH one AS (SELECT p.service_name AS service, ${spanSubject} AS subject, ${cellOf(compared)} AS cell,
       t.status = ${spanStatuses.indexOf("error")} AS failed, ${isRequest} AS asked, coalesce(${there}, false) AS called
     FROM span AS t ${ofProcess} ${named} WHERE ${within(compared)})
     SELECT service, subject, cell, count(*)::DOUBLE AS n, count(*) FILTER (failed)::DOUBLE AS errors,
       count(*) FILTER (asked)::DOUBLE AS requests, count(*) FILTER (asked AND NOT called)::DOUBLE AS entries
     FROM one GROUP BY ALL`,
  );
  const [errors, requests, entries] = ["errors", "requests", "entries"].map((column) =>
    counted(rows, compared, { column }),
  );
  const none = new Float64Array(0);
  return counted(rows, compared).map((one, at) => ({
    ...one,
    errors: errors?.[at]?.counts ?? none,
    requests: requests?.[at]?.counts ?? none,
    entries: entries?.[at]?.counts ?? none,
  }));
}

/** Durations of ended spans in nanoseconds. */
export async function spanDurations(query: Query, compared: Compared): Promise<Distributed[]> {
  const rows = await query(
    `SELECT p.service_name AS service, ${spanSubject} AS subject, ${sideOf(compared)} AS side,
       ${binOf("(t.end_instant - t.instant)::DOUBLE")} AS bin, count(*)::DOUBLE AS n
     FROM span AS t ${ofProcess} ${named} WHERE ${within(compared)} AND t.end_instant IS NOT NULL GROUP BY ALL ORDER BY bin`,
  );
  return distributed(rows);
}

function distributed(rows: Rows): Distributed[] {
  const [services, subjects] = [rows.textsOrEmpty("service"), rows.textsOrEmpty("subject")];
  const [sides, bins, counts] = [rows.numbers("side"), rows.numbers("bin"), rows.numbers("n")];
  const byKey = new Map<string, { service: string; subject: string; bins: Map<number, [number, number, number]> }>();
  for (const [row, bin] of bins.entries()) {
    const [service, subject] = [services[row] ?? "", subjects[row] ?? ""];
    const key = JSON.stringify([service, subject]);
    const one = byKey.get(key) ?? { service, subject, bins: new Map<number, [number, number, number]>() };
    byKey.set(key, one);
    const sums = one.bins.get(bin) ?? [0, 0, 0];
    const side = sides[row];
    sums[side === 2 ? 2 : side === 1 ? 1 : 0] += counts[row] ?? 0;
    one.bins.set(bin, sums);
  }
  return [...byKey.values()].map(({ service, subject, bins: own }) => {
    const sorted = [...own].sort(([a], [b]) => a - b);
    return {
      service,
      subject,
      values: Float64Array.from(sorted, ([bin]) => valueOfBin(bin)),
      before: Float64Array.from(sorted, ([, [older, newer]]) => older + newer),
      newer: Float64Array.from(sorted, ([, [, newer]]) => newer),
      after: Float64Array.from(sorted, ([, [, , after]]) => after),
    };
  });
}

/** Of log lines: numbers and long hexadecimal words stand for any other. */
const template = `regexp_replace(left(t.body, 300),
  '0x[0-9a-fA-F]+|\\b[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\b|\\b[0-9a-f]{16,}\\b|[0-9]+([.,:][0-9]+)*', '#', 'g')`;

export async function countedLogs(query: Query, compared: Compared): Promise<Counted[]> {
  const level = `CASE WHEN t.severity >= 21 THEN 'fatal' WHEN t.severity >= 17 THEN 'error' WHEN t.severity >= 13 THEN 'warn'
    WHEN t.severity >= 9 THEN 'info' WHEN t.severity >= 5 THEN 'debug' ELSE 'trace' END`;
  const relation = (subject: string): string =>
    `SELECT p.service_name AS service, ${subject} AS subject, ${cellOf(compared)} AS cell FROM log AS t ${ofProcess}
     WHERE ${within(compared)}`;
  const lines = await query(frequent(relation(`${level} || ': ' || ${template}`)));
  const levels = await query(frequent(relation(`'all lines of ' || ${level}`)));
  return [...counted(lines, compared), ...counted(levels, compared)];
}

export async function countedEvents(query: Query, compared: Compared): Promise<Counted[]> {
  const rows = await query(
    frequent(`SELECT p.service_name AS service, n.text AS subject, ${cellOf(compared)} AS cell FROM event AS t ${ofProcess} ${named}
      WHERE ${within(compared)}`),
  );
  return counted(rows, compared);
}

/** By `key=value` of spans of one name. */
export async function countedAttributes(query: Query, compared: Compared): Promise<CountedAttribute[]> {
  const [total = 0] = (await query(`SELECT count(*)::DOUBLE AS n FROM span AS t WHERE ${within(compared)}`)).numbers(
    "n",
  );
  const every = Math.max(1, Math.ceil(total / mostSpansRead));
  const rows = await query(
    `WITH one AS (SELECT p.service_name AS service, ${spanSubject} AS of, ${cellOf(compared)} AS cell, t.attributes,
         unnest(json_keys(t.attributes)) AS key
       FROM span AS t ${ofProcess} ${named} WHERE ${within(compared)} AND t.seq % ${every} = 0 AND t.attributes <> ''),
     said AS (SELECT service, of, cell, key || '=' || left(json_extract_string(attributes, '$."' || key || '"'), 100) AS subject
       FROM one WHERE NOT contains(key, '"')),
     most AS (SELECT service, of, subject FROM said WHERE subject IS NOT NULL GROUP BY ALL HAVING count(*) >= 5
       ORDER BY count(*) DESC LIMIT ${mostSubjects})
     SELECT service, of, of || chr(0) || subject AS subject, cell, (count(*) * ${every})::DOUBLE AS n
     FROM said SEMI JOIN most USING (service, of, subject) GROUP BY ALL`,
  );
  return counted(rows, compared).map((one) => {
    const [of = "", subject = ""] = one.subject.split("\0");
    return { ...one, of, subject };
  });
}
