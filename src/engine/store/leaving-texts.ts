// What leaves with an export, as it is looked through before: its rows, a page at a time.
import type { ExportReport } from "../../shared/protocol/export-calls.js";
import { type Asker, tellPart } from "../../shared/base/asker.js";
import { readRedactions } from "./agent-counts.js";
import type { Query } from "./readers.js";
import { type RedactedRows, textColumns } from "./redacted-rows.js";
import { type ProcessCut, type Stretch, cutsOf } from "./selection-cut.js";
import { conditionsOf } from "./selection-rows.js";
import { hasSources, sourceTables } from "./source-tables.js";

const rowsAtOnce = 8192;

/** What is read of each table besides the columns with texts. */
const besides: Readonly<Record<string, readonly string[]>> = {
  write: ["process", "object", "operation"],
  keyframe: ["process", "object", "scope"],
};

/** Looks through all rows, or those of a stretch; of names and series all that the recording has. */
export async function lookThrough(
  query: Query,
  stretch: Stretch | undefined,
  looking: Pick<RedactedRows, "changed">,
  asker: Asker,
): Promise<void> {
  const conditions = await lookedAt(query, stretch);
  const areSourcesThere = await hasSources(query);
  const tables = Object.keys(textColumns).filter((table) => areSourcesThere || !sourceTables.includes(table));
  const totals = await Promise.all(
    tables.map(async (table) => {
      const rows = await query(`SELECT coalesce(max(rowid) + 1, 0)::BIGINT AS rows FROM "${table}"`);
      return rows.numbers("rows")[0] ?? 0;
    }),
  );
  const total = totals.reduce((sum, rows) => sum + rows, 0);
  let done = 0;
  for (const [at, table] of tables.entries()) {
    const texts = Object.keys(textColumns[table]?.columns ?? {});
    const numbers = besides[table] ?? [];
    const columns = [...texts, ...numbers].map((name) => `"${name}"`).join(", ");
    const rows = totals[at] ?? 0;
    for (let from = 0; from < rows; from += rowsAtOnce) {
      tellPart(asker, { phase: "Looking for secrets", done: done + from, total, unit: "rows" });
      const found = await query(
        `SELECT ${columns} FROM "${table}" WHERE rowid >= $1 AND rowid < $2 AND (${conditions[table] ?? "true"})`,
        [BigInt(from), BigInt(from + rowsAtOnce)],
      );
      const column = (name: string): readonly (string | number | null)[] =>
        numbers.includes(name) ? found.numbers(name) : found.optionalTexts(name).map((text) => text ?? null);
      looking.changed(table, column, found.length);
    }
    done += rows;
  }
}

/** By their ids. */
export async function scopeNames(query: Query): Promise<ReadonlyMap<number, string>> {
  const rows = await query(`SELECT id, name FROM scope`);
  const names = rows.texts("name");
  return new Map(rows.numbers("id").map((id, row) => [id, names[row] ?? ""]));
}

/** State at the beginning of a stretch leaves, too: whatever had been written until its end is looked at. */
export async function lookedAt(query: Query, stretch: Stretch | undefined): Promise<Readonly<Record<string, string>>> {
  if (stretch === undefined) return {};
  const cuts = await cutsOf(query, stretch);
  return conditionsOf(
    stretch,
    cuts.map((cut) => ({ ...cut, after: 0 })),
  );
}

/** By kind, of all processes that are in the stretch. */
export async function redactedIn(query: Query, stretch: Stretch | undefined): Promise<ExportReport["redacted"]> {
  const taken = stretch === undefined ? undefined : processesOf(await cutsOf(query, stretch));
  const counts = new Map<string, number>();
  for (const [process, ofProcess] of await readRedactions(query)) {
    if (taken?.has(process) === false) continue;
    for (const [kind, count] of Object.entries(ofProcess)) counts.set(kind, (counts.get(kind) ?? 0) + count);
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => ({ kind, count }));
}

const processesOf = (cuts: readonly ProcessCut[]): ReadonlySet<number> => new Set(cuts.map(({ process }) => process));
