// What is told before a recording leaves the machine: how much it is, what was taken out of it while it was recorded, and what
// of it looks like a secret that is still there. Secrets are counted, never told.
import type { Asker } from "../shared/base/asker.js";
import { type ExportReport, type RedactAlso, nothingAlso } from "../shared/protocol/export-calls.js";
import type { Note } from "../shared/protocol/note-calls.js";
import { type KeptAlerts, alertsWithin } from "./store/alerts.js";
import { leavingSizes } from "./store/leaving-sizes.js";
import { lookThrough, redactedIn, scopeNames } from "./store/leaving-texts.js";
import { notesWithin } from "./store/notes.js";
import type { Query } from "./store/readers.js";
import { RedactedRows } from "./store/redacted-rows.js";
import type { Stretch } from "./store/selection-cut.js";

export interface Leaving {
  readonly stretch: Stretch | undefined;
  /** What the program itself called a secret, or left alone, is not known here. */
  readonly also: RedactAlso | undefined;
  readonly notes: readonly Note[];
  readonly alerts: KeptAlerts;
}

export async function exportReport(
  query: Query,
  { stretch, also = nothingAlso, notes, alerts }: Leaving,
  asker: Asker,
): Promise<ExportReport> {
  const sizes = await leavingSizes(query, stretch);
  const redacted = await redactedIn(query, stretch);
  const looking = new RedactedRows(also, await scopeNames(query));
  await lookThrough(query, stretch, looking, asker);
  looking.notes(notesWithin(notes, stretch));
  looking.alerts(alertsWithin(alerts, stretch));
  return { redacted, found: looking.found, ...sizes };
}
