// A recording of a stretch of time, made of another one: a whole recording by itself, with state at its beginning, and what is
// derived from records made anew. Or of all of another one, where only its records are wanted, to be read once.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Asker } from "../../shared/base/asker.js";
import type { Note } from "../../shared/protocol/note-calls.js";
import { throwIfCancelled } from "../../shared/base/cancel.js";
import { Disposables } from "../../shared/base/disposables.js";
import { type KeptAlerts, alertsAsChanges, alertsWithin, noAlerts, writeAlerts } from "./alerts.js";
import { type TableRows, copyRows, newFileFor, tablesOf, writing } from "./copy-rows.js";
import { DenseBuckets, everySecond } from "./dense-buckets.js";
import type { SegmentSettings } from "../replay/segments/builder.js";
import { filledLongSpans } from "./long-spans.js";
import { asPut, notesWithin, writeNotes } from "./notes.js";
import { packSegments } from "./pack-segments.js";
import { queryOn } from "./readers.js";
import { filledRollups } from "./rollup-tables.js";
import type { RedactedRows } from "./redacted-rows.js";
import { SearchIndex } from "./search-index.js";
import { mostRowsPerBlock } from "./search-tables.js";
import { type Stretch, cutsOf } from "./selection-cut.js";
import { isDictionary, isOfRecords, marksOfCut, rowsOfDictionaries, rowsOfSelection } from "./selection-rows.js";
import { writeStateBefore } from "./selection-state.js";
import { WaitingRows } from "./waiting-rows.js";

/** The index reads rows that no block has again, a few blocks of them at most. */
const rowsPerIndexStep = 4 * mostRowsPerBlock;

export interface Selection {
  /** Everything, where it is absent. */
  readonly stretch: Stretch | undefined;
  /** Only records: nothing that makes the file quick to look at. */
  readonly isPlain: boolean;
  /** Of what is exported, all of them. */
  readonly notes?: readonly Note[] | undefined;
  readonly alerts?: KeptAlerts | undefined;
  readonly segments?: SegmentSettings;
  /** What is taken out of it; without, nothing is. */
  readonly redacted?: RedactedRows | undefined;
}

/** Throws `Cancelled` and `WritingFailed`. However this ends, nothing holds the new file open afterwards. */
export async function fillSelection(
  part: string,
  source: DuckDBConnection,
  selection: Selection,
  asker: Asker,
): Promise<void> {
  const owned = new Disposables();
  try {
    const target = await newFileFor(source, part, owned);
    // What is derived is made of rows that are committed.
    await writing(() => target.run("COMMIT"));
    const { stretch, notes = [], alerts = noAlerts, redacted } = selection;
    if (stretch === undefined) await copyRecords(source, target, redacted, asker);
    else await copyStretch(source, target, { ...selection, stretch }, asker);
    const within = notesWithin(notes, stretch);
    const told = alertsWithin(alerts, stretch);
    await writing(() =>
      inTransaction(target, async () => {
        await writeNotes(target, asPut(redacted?.notes(within) ?? within));
        await writeAlerts(target, alertsAsChanges(redacted?.alerts(told) ?? told));
      }),
    );
    await writing(() => target.run("CHECKPOINT"));
    throwIfCancelled(asker.signal);
  } finally {
    await owned.dispose();
  }
}

async function copyRecords(
  source: DuckDBConnection,
  target: DuckDBConnection,
  redacted: RedactedRows | undefined,
  asker: Asker,
): Promise<void> {
  const tables = (await tablesOf(target)).filter(({ name }) => isOfRecords(name));
  await copyRows(
    source,
    target,
    tables.map(({ name, columns }) => ({ name, rows: `SELECT ${columns} FROM "${name}"` })),
    asker,
    { redacted },
  );
}

async function copyStretch(
  source: DuckDBConnection,
  target: DuckDBConnection,
  { stretch, isPlain, segments: settings, redacted }: Selection & { readonly stretch: Stretch },
  asker: Asker,
): Promise<void> {
  const cuts = await cutsOf(queryOn(source), stretch);
  const tables = await tablesOf(target);
  const rows = rowsOfSelection(tables, stretch, cuts).filter(({ name }) => !isDictionary(name));
  // The index is not made of what was evicted: blocks would be known by other numbers.
  const [early, late] = [rows.filter(isEarly), rows.filter((table) => !isEarly(table))];
  await copyRows(source, target, early, quietly(asker), { redacted });
  for (const statement of marksOfCut(stretch)) await writing(() => target.run(statement));
  let piece = 0;
  for (const cut of cuts) piece = await writeStateBefore(source, target, cut, { firstPiece: piece, asker, redacted });
  const index = new SearchIndex();
  const step = async (): Promise<void> => {
    index.forget();
    await writing(() => inTransaction(target, () => index.write(target, new WaitingRows())));
  };
  const hasEvicted = (await queryOn(target)(`SELECT count(*) AS rows FROM eviction`)).numbers("rows")[0] !== 0;
  const isIndexed = !isPlain && !hasEvicted;
  await copyRows(source, target, late, asker, {
    redacted,
    after: isIndexed ? { rows: rowsPerIndexStep, step } : undefined,
  });
  for await (const dictionary of rowsOfDictionaries(tables, queryOn(target)))
    await copyRows(source, target, [dictionary], quietly(asker), { redacted });
  if (isPlain) return;
  if (isIndexed) await writing(() => inTransaction(target, () => index.finish(target)));
  for (const cut of cuts) piece = await packSegments(target, cut.process, { firstPiece: piece, asker, settings });
  for (const statement of [...filledLongSpans, ...filledRollups]) {
    throwIfCancelled(asker.signal);
    await writing(() => target.run(statement));
  }
  await writing(() => inTransaction(target, () => new DenseBuckets().write(target, everySecond, false)));
}

/** What the others are read with. */
const isEarly = ({ name }: TableRows): boolean =>
  ["recording", "process", "mark", "scope", "eviction", "state_hole"].includes(name);

/** Of what is soon over: how far the rest is would go back. */
const quietly = ({ signal }: Asker): Asker => ({ signal, tell: () => undefined });

async function inTransaction(target: DuckDBConnection, work: () => Promise<void>): Promise<void> {
  await target.run("BEGIN");
  await work();
  await target.run("COMMIT");
}
