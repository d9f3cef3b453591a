// The texts of each kind of rows, as searching sees them, in SQL. `lower()` goes character by character; escapes of JSON
// stand for their characters. This is what searching means: the index only spares it rows.
import type { SearchKind } from "../../shared/protocol/engine-calls.js";
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

/** Where `needle`, a parameter, first occurs in the text of chosen rows `t`: the field's name, what is before, it itself, what is after. */
export function excerptColumns({ named, fields }: Source, needle: string): string {
  const places = [
    ...(named === undefined ? [] : [{ name: named.name, text: plain(`n.${named.text}`) }]),
    ...fields.map(({ name, text }) => ({ name, text: text("t") })),
  ];
  const at = (text: string): string => `instr(lower(${text}), lower(${needle}))`;
  const choose = (value: (place: { readonly name: string; readonly text: string }) => string): string => {
    const [last, ...others] = places.toReversed();
    const cases = others.toReversed().map((place) => `WHEN ${at(place.text)} > 0 THEN ${value(place)}`);
    return `CASE ${cases.join(" ")} ELSE ${last === undefined ? "''" : value(last)} END`;
  };
  const length = `length(${needle}::VARCHAR)`;
  return `${choose(({ name }) => `'${name}'`)} AS field,
    ${choose(({ text }) => `substring(${text}, greatest(1, ${at(text)} - ${charactersBefore}), least(${charactersBefore}, ${at(text)} - 1))`)} AS before,
    ${choose(({ text }) => `left(substring(${text}, ${at(text)}, ${length}), ${charactersAfter})`)} AS matched,
    ${choose(({ text }) => `substring(${text}, ${at(text)} + ${length}, ${charactersAfter})`)} AS after`;
}
