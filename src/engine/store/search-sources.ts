// The texts of each kind of rows, as searching sees them, in SQL. `lower()` goes character by character; escapes of JSON
// stand for their characters. This is what searching means: the index only spares it rows.
import type { SearchKind } from "../../shared/protocol/engine-rows.js";
import { storedOperations } from "./schema.js";

/** JSON text as one reads it. What is no JSON stays as it is. */
const asText = (column: string): string =>
  `'"' || replace(replace(replace(${column}, '\\\\', '\\u005c'), '\\"', '\\u0022'), '"', '\\"') || '"'`;
const hasEscapes = (column: string): string => `contains(${column}, '\\')`;
const unescaped = (column: string): string =>
  `CASE WHEN ${hasEscapes(column)} AND json_valid(${asText(column)}) THEN (${asText(column)}) ->> '$' ELSE coalesce(${column}, '') END`;
const plain = (column: string): string => `coalesce(${column}, '')`;

/** Whether a column has the needle. What has no escapes, which is most, need not be taken apart. */
const hasPlain = (column: string, needle: string): string => `contains(lower(${column}), lower(${needle}))`;
const hasUnescaped = (column: string, needle: string): string =>
  `((NOT ${hasEscapes(column)} AND ${hasPlain(column, needle)})
    OR (${hasEscapes(column)} AND contains(lower(${unescaped(column)}), lower(${needle}))))`;

interface Field {
  readonly name: "name" | "body" | "attributes" | "key" | "value" | "contents" | "scope";
  /** Of the row of this name. */
  text(row: string): string;
  has(row: string, needle: string): string;
}

/** A dictionary that has the row's name. */
interface Named {
  readonly name: "name" | "scope";
  readonly column: string;
  readonly dictionary: string;
  readonly text: string;
}

export interface Source {
  readonly table: string;
  readonly named?: Named;
  readonly fields: readonly Field[];
  /** What stands for the row in a list; of a row `t` and its name `n.text`. */
  readonly title: string;
}

const json = (name: Field["name"]): Field => ({
  name,
  text: (row) => unescaped(`${row}.${name}`),
  has: (row, needle) => hasUnescaped(`${row}.${name}`, needle),
});
const body: Field = {
  name: "body",
  text: (row) => plain(`${row}.body`),
  has: (row, needle) => hasPlain(`${row}.body`, needle),
};
const names = (column: string): Named => ({ name: "name", column, dictionary: "name", text: "text" });
const operation = `list_element([${storedOperations.map((kind) => `'${kind}'`).join(", ")}], t.operation + 1)`;

export const sources: Readonly<Record<SearchKind, Source>> = {
  event: { table: "event", named: names("name"), fields: [json("attributes")], title: `n.text` },
  span: { table: "span", named: names("name"), fields: [json("attributes")], title: `n.text` },
  log: {
    table: "log",
    named: names("source"),
    fields: [body, json("attributes")],
    title: `n.text`,
  },
  write: { table: "write", fields: [json("key"), json("value")], title: operation },
  keyframe: {
    table: "keyframe",
    named: { name: "scope", column: "scope", dictionary: "scope", text: "name" },
    fields: [json("contents")],
    title: `n.name`,
  },
};

/** Whether the row `t` is one to be found: what stands in the place of evicted writes is none. */
export const isKept = (kind: SearchKind): string =>
  kind === "keyframe" || kind === "write"
    ? `NOT EXISTS (FROM state_hole AS h WHERE h.process = t.process AND t.seq >= h.first_seq AND t.seq <= h.last_seq)`
    : "true";

/** Whether the row `t` has the needle that is the parameter `needle`. */
export function hasNeedle({ named, fields }: Source, needle: string): string {
  const inFields = fields.map(({ has }) => has("t", needle));
  if (named === undefined) return `(${inFields.join(" OR ")})`;
  const { column, dictionary, text } = named;
  const ids = `SELECT id FROM ${dictionary} WHERE contains(lower(${text}), lower(${needle}))`;
  return `(t.${column} IN (${ids}) OR ${inFields.join(" OR ")})`;
}

/** How much of a text is shown before the first needle and after it. */
const [charactersBefore, charactersAfter] = [40, 120];

/**
 * What is shown of rows of the table, of which `chosen` selects some: what stands for each, and where `needle`, a parameter,
 * occurs in it first.
 */
export function excerptsOf({ named, fields, title }: Source, chosen: string, needle: string): string {
  const texts = [
    ...(named === undefined ? [] : [{ name: named.name, text: plain(`n.${named.text}`) }]),
    ...fields.map(({ name, text }) => ({ name, text: text("t") })),
  ];
  const choose = (value: (at: number) => string): string => {
    const cases = texts.map((_, at) => `WHEN place${at} > 0 THEN ${value(at)}`);
    return `CASE ${cases.join(" ")} ELSE ${value(texts.length - 1)} END`;
  };
  const join = named === undefined ? "" : `LEFT JOIN ${named.dictionary} AS n ON n.id = t.${named.column}`;
  return `WITH chosen AS (${chosen}),
    shown AS (SELECT t.process, t.seq, t.instant, ${title} AS title,
      ${texts.map(({ text }, at) => `${text} AS text${at}`).join(", ")} FROM chosen AS t ${join}),
    placed AS (SELECT *, ${texts.map((_, at) => `instr(lower(text${at}), lower(${needle})) AS place${at}`).join(", ")} FROM shown),
    one AS (SELECT process, seq, instant, title, ${choose((at) => `'${texts[at]?.name ?? ""}'`)} AS field,
      ${choose((at) => `text${at}`)} AS text, ${choose((at) => `place${at}`)} AS place FROM placed)
    SELECT process, seq, instant, title, field,
      substring(text, greatest(1, place - ${charactersBefore}), least(${charactersBefore}, place - 1)) AS before,
      left(substring(text, place, length(${needle})), ${charactersAfter}) AS matched,
      substring(text, place + length(${needle}), ${charactersAfter}) AS after FROM one`;
}
