// What people and rules add to a recording besides its records: notes and alerts. Both go into it the same way.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { AlertChange } from "../../shared/protocol/alert-calls.js";
import type { NoteChange } from "../../shared/protocol/note-calls.js";
import { writeAlerts } from "./alerts.js";
import { writeNotes } from "./notes.js";

export type KeptChange = NoteChange | AlertChange;

export const isOfNotes = (change: KeptChange): change is NoteChange =>
  change.kind === "put" || change.kind === "remove";
export const isOfAlerts = (change: KeptChange): change is AlertChange => !isOfNotes(change);

/** Within the caller's transaction. */
export async function writeKept(connection: DuckDBConnection, changes: readonly KeptChange[]): Promise<void> {
  const notes = changes.filter(isOfNotes);
  if (notes.length > 0) await writeNotes(connection, notes);
  const alerts = changes.filter(isOfAlerts);
  if (alerts.length > 0) await writeAlerts(connection, alerts);
}

/** In one transaction of its own. */
export async function changeKept(connection: DuckDBConnection, changes: readonly KeptChange[]): Promise<void> {
  await connection.run("BEGIN");
  try {
    await writeKept(connection, changes);
    await connection.run("COMMIT");
  } catch (error) {
    await connection.run("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
