// What is told before a recording leaves the machine: how much it is, what was taken out of it while it was recorded, and what
// of it looks like a secret that is still there. Secrets are counted, never told.
import type { Asker } from "../shared/base/asker.js";
import type { ExportReport } from "../shared/protocol/export-calls.js";
import type { Note } from "../shared/protocol/note-calls.js";
import { KindCounts } from "../redact/kind-counts.js";
import type { Pseudonyms } from "../redact/pseudonym-text.js";
import { SecretKeys } from "../redact/secret-keys.js";
import { Texts } from "../redact/texts.js";
import { leavingSizes, leavingTexts, redactedIn } from "./store/leaving-texts.js";
import type { Query } from "./store/readers.js";
import type { Stretch } from "./store/selection-cut.js";

type Found = ExportReport["found"][number];

/** Nothing is of the program's own: what it called a secret, or left alone, is not known here. */
const settings = { enabled: true, keys: [], prefixes: [], allow: [] } as const;

export async function exportReport(
  query: Query,
  stretch: Stretch | undefined,
  notes: readonly Note[],
  asker: Asker,
): Promise<ExportReport> {
  const sizes = await leavingSizes(query, stretch);
  const redacted = await redactedIn(query, stretch);
  const counts = new Map<string, Found>();
  const kinds = new KindCounts();
  const texts = new Texts(countingIn(kinds), new SecretKeys(settings), settings);
  for await (const page of leavingTexts(query, stretch, notes, asker)) {
    for (const text of page.texts) texts.redacted(text);
    for (const [kind, count] of kinds.take()) {
      const key = `${page.place} ${kind}`;
      counts.set(key, { kind, place: page.place, count: (counts.get(key)?.count ?? 0) + count });
    }
  }
  const found = [...counts.values()].sort((a, b) => (a.kind === b.kind ? b.count - a.count : a.kind < b.kind ? -1 : 1));
  return { redacted, found, ...sizes };
}

/** What stands in place of a secret is the same for all: nobody sees it. */
const countingIn = (kinds: KindCounts): Pseudonyms => ({
  of: (kind) => {
    kinds.add(kind);
    return `[redacted:${kind}#000000000000]`;
  },
  uncounted: (work) => kinds.uncounted(work),
});
