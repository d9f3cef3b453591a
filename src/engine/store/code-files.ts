// Which files of code a recording names: where state was written, where spans and log lines say that they were made, and the
// frames of stacks that they hold.
import type { Query } from "./readers.js";
import { attributeIn } from "./sql-text.js";

/** Attributes that name a file, or hold stacks; also by other versions of OpenTelemetry's conventions. */
const fileAttributes = ["code.file.path", "code.filepath"];
const stackAttributes = ["code.stacktrace", "exception.stacktrace"];

const attribute = attributeIn("attributes");
const holders = ["span", "log", "event"];

export async function holdsFile(query: Query, file: string): Promise<boolean> {
  const isThere = async (sql: string, values: readonly string[]): Promise<boolean> =>
    (await query(`SELECT 1::INTEGER AS found FROM ${sql} LIMIT 1`, values)).numbers("found").length > 0;
  if (await isThere(`location AS l JOIN name AS f ON f.id = l.file WHERE f.text = $1`, [file])) return true;
  // As a whole path: a part of a longer one is another file.
  const named = [
    ...fileAttributes.map((name) => `${attribute(name)} = $1`),
    ...stackAttributes.map(
      (name) => `regexp_matches(${attribute(name)}, '(^|[\\s(]|file://)' || regexp_escape($1) || ':[0-9]')`,
    ),
  ].join(" OR ");
  const asJson = JSON.stringify(file).slice(1, -1);
  for (const table of holders)
    if (await isThere(`${table} WHERE contains(attributes, $2) AND (${named})`, [file, asJson])) return true;
  return false;
}
