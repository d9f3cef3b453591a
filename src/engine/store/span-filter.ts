// Which spans are shown, as SQL, and how many that leaves out. What is kept by buckets of time knows nothing of names and
// attributes: filtered spans are counted from the records themselves.
import type { SpanFilter } from "../../shared/protocol/row-filters.js";
import type { Query } from "./readers.js";
import { type Conditions, conditionsOf } from "./row-conditions.js";
import { sources } from "./search-sources.js";
import { overlappingSpans } from "./spans.js";

const { fields } = sources.span;
const names = (condition: string): string => `t.name IN (SELECT id FROM name WHERE ${condition})`;

/** Of rows of `span AS t`. A text is looked for in the name and the attributes, without regard to case. */
export function spanConditions({ minNs = 0, ...filter }: SpanFilter): Conditions {
  const { sql, values } = conditionsOf(filter, {
    has: (needle) =>
      `(${[names(`contains(lower(text), lower(${needle}))`), ...fields.map(({ has }) => has("t", needle))].join(" OR ")})`,
    texts: [],
    isNamed: (value) => names(`text = ${value}`),
    severity: undefined,
    areSpans: true,
  });
  if (minNs <= 0) return { sql, values };
  return {
    sql: (given) =>
      `(t.end_instant IS NULL OR t.end_instant - t.instant >= $${given + values.length + 1}) AND ${sql(given)}`,
    values: [...values, BigInt(Math.ceil(minNs))],
  };
}

export const isFiltered = ({ text = "", where = [], minNs = 0 }: SpanFilter): boolean =>
  text !== "" || where.length > 0 || minNs > 0;

/** Of the spans that overlap [from, to]. */
export async function countSpans(
  query: Query,
  { from, to, ...filter }: SpanFilter & { readonly from: bigint; readonly to: bigint },
): Promise<{ readonly all: number; readonly shown: number }> {
  const { sql, values } = spanConditions(filter);
  const rows = await query(
    `SELECT count(*) AS spans, count(*) FILTER (${sql(2)}) AS shown FROM ${overlappingSpans} AS t`,
    [from, to, ...values],
  );
  return { all: rows.numbers("spans")[0] ?? 0, shown: rows.numbers("shown")[0] ?? 0 };
}
