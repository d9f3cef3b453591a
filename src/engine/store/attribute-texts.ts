// Attributes of rows on their way out: the JSON text of an object, whoever wrote the file.
import type { Rows } from "./rows.js";
import { UnreadableStored, fieldsOf, parseStored } from "./value-json.js";

/** Deeper than any agent records, and less than what readers of JSON in JavaScript can follow. */
const maxDepth = 64;

/** "" where there are none. Throws `UnreadableStored` for anything else. */
export const attributeTexts = (rows: Rows): string[] => rows.texts("attributes").map(checked);

function checked(text: string): string {
  if (text === "" || text === "{}") return text;
  const bag = fieldsOf(parseStored(text));
  // No text of that length is so deep.
  if (text.length > maxDepth && isDeeper(bag, maxDepth)) throw new UnreadableStored("attributes are nested too deep");
  return text;
}

function isDeeper(value: unknown, left: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return left === 0 || Object.values(value).some((part) => isDeeper(part, left - 1));
}
