// The table of notes. It is no part of the format: a recording has it from its first note on, whatever version made the
// file, and versions that know nothing of notes read the file as before.
import type { DuckDBConnection } from "@duckdb/node-api";
import {
  type Note,
  type NoteChange,
  mostAuthor,
  mostNoteText,
  mostNotes,
  noteLabels,
} from "../../shared/protocol/note-calls.js";
import { createTable, shapeOfTable } from "./own-table.js";
import type { Query } from "./readers.js";

const columns = [
  "id VARCHAR",
  "since BIGINT",
  "until BIGINT",
  "text VARCHAR",
  "label VARCHAR",
  "author VARCHAR",
  "created BIGINT",
  "changed BIGINT",
] as const;

const time = (column: string): string => `make_timestamp_ns(${column})`;
const notesView = `SELECT id, ${time("since")} AS time, ${time("until")} AS until, text, label, author, ${time("created")} AS created,
  ${time("changed")} AS changed FROM note`;

/** What no Hindcast wrote is left out. */
export async function readNotes(query: Query): Promise<readonly Note[]> {
  if ((await shapeOfTable(query, "note", columns)) !== "ours") return [];
  const rows = await query(
    `SELECT * FROM note WHERE id IS NOT NULL AND length(id) BETWEEN 1 AND 100 AND since IS NOT NULL AND text IS NOT NULL
       AND length(text) <= ${mostNoteText} AND author IS NOT NULL AND length(author) <= ${mostAuthor}
       AND created IS NOT NULL AND changed IS NOT NULL ORDER BY since, created LIMIT ${mostNotes}`,
  );
  const [since, until] = [rows.bigints("since"), rows.optionalBigints("until")];
  const [texts, labels, authors] = [rows.texts("text"), rows.textsOrEmpty("label"), rows.texts("author")];
  const [created, changed] = [rows.bigints("created"), rows.bigints("changed")];
  return rows.texts("id").map((id, row) => ({
    id,
    from: since[row] ?? 0n,
    ...(until[row] === undefined ? {} : { to: until[row] }),
    text: texts[row] ?? "",
    label: noteLabels.find((known) => known === labels[row]) ?? "note",
    author: authors[row] ?? "",
    created: created[row] ?? 0n,
    changed: changed[row] ?? 0n,
  }));
}

/** The table, where there is none. Within the caller's transaction. */
export async function createNotes(connection: DuckDBConnection): Promise<void> {
  await createTable(connection, "note", columns);
  await connection.run(`CREATE OR REPLACE VIEW notes AS ${notesView}`);
}

/** Within the caller's transaction. The same changes once more leave the same notes. */
export async function writeNotes(connection: DuckDBConnection, changes: readonly NoteChange[]): Promise<void> {
  await createNotes(connection);
  for (const change of changes) {
    const id = change.kind === "put" ? change.note.id : change.id;
    await connection.run(`DELETE FROM note WHERE id = $1`, [id]);
    if (change.kind === "remove") continue;
    const { from, to, text, label, author, created, changed } = change.note;
    await connection.run(
      `INSERT INTO note (id, since, until, text, label, author, created, changed)
       VALUES ($1, $2::BIGINT, $3::BIGINT, $4, $5, $6, $7::BIGINT, $8::BIGINT)`,
      [id, from, to ?? null, text, label, author, created, changed],
    );
  }
}

/** Those of which a part lies in a stretch; all, without one. */
export const notesWithin = (
  notes: readonly Note[],
  stretch: { readonly from: bigint; readonly to: bigint } | undefined,
): readonly Note[] =>
  stretch === undefined ? notes : notes.filter(({ from, to }) => from <= stretch.to && (to ?? from) >= stretch.from);

export const asPut = (notes: readonly Note[]): readonly NoteChange[] => notes.map((note) => ({ kind: "put", note }));

/** In the order of time. */
export function applied(notes: readonly Note[], changes: readonly NoteChange[]): readonly Note[] {
  const byId = new Map(notes.map((note) => [note.id, note]));
  for (const change of changes) {
    if (change.kind === "put") byId.set(change.note.id, change.note);
    else byId.delete(change.id);
  }
  return [...byId.values()].sort((a, b) =>
    a.from === b.from ? Number(a.created - b.created) : a.from < b.from ? -1 : 1,
  );
}
