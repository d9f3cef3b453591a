// A filter of rows as SQL: what docs say of it in src/shared/protocol/row-filters.ts.
import { severities, spanKinds, spanStatuses } from "../../shared/trace/attributes.js";
import { grouped } from "../../shared/base/grouped.js";
import { unreachable } from "../../shared/base/unreachable.js";
import type { RowCondition, RowFilter } from "../../shared/protocol/row-filters.js";
import type { Parameter, Query } from "./readers.js";

/** How rows called `t` are looked at, in SQL. They have columns `process` and `attributes`. */
export interface FilteredTexts {
  has(needle: string): string;
  readonly texts: readonly string[];
  /** Whether its name is `value`. */
  isNamed(value: string): string;
  readonly severity: string | undefined;
  /** Spans have a `kind` and a `status`. */
  readonly areSpans?: boolean;
}

export interface Conditions {
  /** After so many other parameters. */
  sql(given: number): string;
  readonly values: readonly Parameter[];
}

export interface RowConditions extends Conditions {
  /** Every row meets them. */
  readonly areNone: boolean;
}

export function conditionsOf(filter: RowFilter, of: FilteredTexts): RowConditions {
  const values: Parameter[] = [];
  const parts: ((given: number) => string)[] = [];
  const add = (value: Parameter, part: (parameter: string) => string): void => {
    const at = values.push(value);
    parts.push((given) => part(`$${given + at}`));
  };
  if (filter.text !== undefined && filter.text !== "") add(filter.text, (needle) => of.has(needle));
  if (filter.minSeverity !== undefined && filter.minSeverity > 0 && of.severity !== undefined)
    add(filter.minSeverity, (least) => `${of.severity} >= ${least}`);
  if (filter.pattern !== undefined && filter.pattern !== "")
    add(filter.pattern, (pattern) => `(${of.texts.map((text) => matches(text, pattern)).join(" OR ")})`);
  for (const group of grouped(filter.where ?? [], likeOf).values()) {
    const ways = group.map((condition) => {
      const at = values.push(valueOf(condition));
      const key = values.length + 1;
      if (condition.field === "attribute") values.push(pointerTo(condition.key ?? ""));
      return (given: number) => conditionSql(condition, of, `$${given + at}`, `$${given + key}`);
    });
    const isExcluded = group[0]?.exclude === true;
    parts.push((given) => `${isExcluded ? "NOT " : ""}(${ways.map((way) => way(given)).join(" OR ")})`);
  }
  return {
    areNone: parts.length === 0,
    sql: (given) => ["true", ...parts.map((part) => part(given))].join(" AND "),
    values,
  };
}

/** Undefined where DuckDB can read a regular expression; else what is wrong with it. */
export async function wrongIn(query: Query, pattern: string | undefined): Promise<string | undefined> {
  if (pattern === undefined || pattern === "") return undefined;
  try {
    await query(`SELECT ${matches("''", "$1")} AS found`, [pattern]);
    return undefined;
  } catch (error) {
    // Of everything else, as of having given up, who asks hears by the question itself.
    const message = error instanceof Error ? error.message : "";
    return /^Invalid Input Error: ([^\n]*)/.exec(message)?.[1];
  }
}

const matches = (text: string, pattern: string): string => `regexp_matches(${text}, ${pattern}, 'i')`;

/** Those that are alike: of one of them a row has to have the value, or of none. */
const likeOf = ({ field, key = "", exclude }: RowCondition): string => JSON.stringify([field, key, exclude]);

const ends: Readonly<Record<string, readonly [number, number]>> = {
  trace: [0, 4],
  debug: [severities.debug, 8],
  info: [severities.info, 12],
  warn: [severities.warn, 16],
  error: [severities.error, 20],
  fatal: [severities.fatal, 255],
};

const valueOf = ({ field, value }: RowCondition): Parameter => {
  if (field === "process") return /^\d{1,9}$/.test(value) ? Number(value) : -1;
  if (field === "level") return ends[value]?.[0] ?? -1;
  const names: readonly string[] | undefined =
    field === "kind" ? spanKinds : field === "status" ? spanStatuses : undefined;
  return names === undefined ? value : names.indexOf(value);
};

/** A JSON pointer: the one way to name any key. */
const pointerTo = (key: string): string => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;

function conditionSql(condition: RowCondition, of: FilteredTexts, value: string, key: string): string {
  switch (condition.field) {
    case "service":
      return `t.process IN (SELECT process FROM process WHERE coalesce(service_name, '') = ${value})`;
    case "process":
      return `t.process = ${value}`;
    case "name":
      return of.isNamed(value);
    case "level": {
      const last = ends[condition.value]?.[1] ?? -2;
      return of.severity === undefined ? `${value} IS NULL` : `${of.severity} BETWEEN ${value} AND ${last}`;
    }
    case "kind":
    case "status":
      return of.areSpans === true ? `t.${condition.field} = ${value}` : `${value} IS NULL`;
    case "attribute":
      return `coalesce(CASE WHEN t.attributes IN ('', '{}') THEN NULL ELSE json_extract_string(t.attributes, ${key}) END = ${value}, false)`;
    default:
      return unreachable(condition.field);
  }
}
