// The texts of each kind of rows, as searching sees them, in SQL. `lower()` goes character by character; escapes of JSON
// stand for their characters. This is what searching means: the index only spares it rows.
import type { SearchKind } from "../../shared/protocol/engine-rows.js";

/** JSON text as one reads it. What is no JSON stays as it is. */
const asText = (column: string): string =>
  `'"' || replace(replace(replace(${column}, '\\\\', '\\u005c'), '\\"', '\\u0022'), '"', '\\"') || '"'`;
const hasEscapes = (column: string): string => `contains(${column}, '\\')`;
// What has no escapes comes first: of two conditions joined by AND, DuckDB may work out both for every row.
const unescaped = (column: string): string =>
  `CASE WHEN NOT ${hasEscapes(column)} THEN ${column} WHEN json_valid(${asText(column)}) THEN (${asText(column)}) ->> '$'
    ELSE coalesce(${column}, '') END`;
const plain = (column: string): string => `coalesce(${column}, '')`;

/** Whether a column has the needle. What has no escapes, which is most, need not be taken apart. */
const hasPlain = (column: string, needle: string): string => `contains(lower(${column}), lower(${needle}))`;
const hasUnescaped = (column: string, needle: string): string =>
  `((NOT ${hasEscapes(column)} AND ${hasPlain(column, needle)})
    OR (${hasEscapes(column)} AND contains(lower(${unescaped(column)}), lower(${needle}))))`;

export interface Field {
  readonly name: "name" | "body" | "attributes" | "key" | "value" | "contents" | "scope";
  /** Those of JSON stand for characters. */
  readonly hasEscapes: boolean;
  /** Of the row of this name. */
  text(row: string): string;
  has(row: string, needle: string): string;
}

/** A dictionary that has the row's name. */
export interface Named {
  readonly name: "name" | "scope";
  readonly column: string;
  readonly dictionary: string;
  readonly text: string;
}

interface Source {
  readonly table: string;
  readonly named?: Named;
  readonly fields: readonly Field[];
}

const json = (name: Field["name"]): Field => ({
  name,
  hasEscapes: true,
  text: (row) => unescaped(`${row}.${name}`),
  has: (row, needle) => hasUnescaped(`${row}.${name}`, needle),
});
const body: Field = {
  name: "body",
  hasEscapes: false,
  text: (row) => plain(`${row}.body`),
  has: (row, needle) => hasPlain(`${row}.body`, needle),
};
const names = (column: string): Named => ({ name: "name", column, dictionary: "name", text: "text" });

export const sources: Readonly<Record<SearchKind, Source>> = {
  event: { table: "event", named: names("name"), fields: [json("attributes")] },
  span: { table: "span", named: names("name"), fields: [json("attributes")] },
  log: { table: "log", named: names("source"), fields: [body, json("attributes")] },
  write: { table: "write", fields: [json("key"), json("value")] },
  keyframe: {
    table: "keyframe",
    named: { name: "scope", column: "scope", dictionary: "scope", text: "name" },
    fields: [json("contents")],
  },
};

/** Whether the row `t` is one to be found: what stands in the place of evicted writes is none. */
export const isKept = (kind: SearchKind): string =>
  kind === "keyframe" || kind === "write"
    ? `NOT EXISTS (FROM state_hole AS h WHERE h.process = t.process AND t.seq >= h.first_seq AND t.seq <= h.last_seq)`
    : "true";
