// What leaves with an export, as it is looked through before: its texts, a page at a time, and how much it is.
import type { ExportReport, exportPlaces } from "../../shared/protocol/export-calls.js";
import { type Asker, tellPart } from "../../shared/base/asker.js";
import type { Note } from "../../shared/protocol/note-calls.js";
import { readRedactions } from "./agent-counts.js";
import { notesWithin } from "./notes.js";
import type { Query } from "./readers.js";
import { type ProcessCut, type Stretch, cutsOf } from "./selection-cut.js";
import { conditionsOf } from "./selection-rows.js";

type Place = (typeof exportPlaces)[number];

export interface LeavingTexts {
  readonly place: Place;
  readonly texts: readonly string[];
}

interface Source {
  readonly place: Place;
  readonly table: string;
  /** A name of a thing and what it is: the name says that it is a secret. */
  readonly text: string;
}

/** Keys stand before their values, so that a name tells of what follows it. */
const sources: readonly Source[] = [
  { place: "logs", table: "log", text: "body" },
  { place: "logs", table: "log", text: "attributes" },
  { place: "events", table: "event", text: "attributes" },
  { place: "spans", table: "span", text: "attributes" },
  { place: "metrics", table: "series", text: "attributes" },
  { place: "names", table: "name", text: "text" },
  { place: "processes", table: "process", text: "concat_ws(' ', argv, exec_argv, cwd)" },
  { place: "state", table: "write", text: `if(key IS NULL, value, concat('{', key, ':', value, '}'))` },
  { place: "state", table: "keyframe", text: "contents" },
];

const rowsAtOnce = 8192;
/** What is longer is cut there: a text of the program's own, of any length. */
const mostOfText = 65_536;

/** All texts, or those of a stretch; of names and series all that the recording has. */
export async function* leavingTexts(
  query: Query,
  stretch: Stretch | undefined,
  notes: readonly Note[],
  asker: Asker,
): AsyncGenerator<LeavingTexts> {
  const conditions = await lookedAt(query, stretch);
  const totals = await Promise.all(
    sources.map(async ({ table }) => {
      const rows = await query(`SELECT coalesce(max(rowid) + 1, 0)::BIGINT AS rows FROM "${table}"`);
      return rows.numbers("rows")[0] ?? 0;
    }),
  );
  const total = totals.reduce((sum, rows) => sum + rows, 0);
  let done = 0;
  for (const [at, { place, table, text }] of sources.entries()) {
    const rows = totals[at] ?? 0;
    for (let from = 0; from < rows; from += rowsAtOnce) {
      tellPart(asker, { phase: "Looking for secrets", done: done + from, total, unit: "rows" });
      const found = await query(
        `SELECT left(${text}, ${mostOfText}) AS text FROM "${table}" WHERE rowid >= $1 AND rowid < $2
           AND (${conditions[table] ?? "true"}) AND ${text} IS NOT NULL`,
        [BigInt(from), BigInt(from + rowsAtOnce)],
      );
      yield { place, texts: found.texts("text") };
    }
    done += rows;
  }
  yield { place: "notes", texts: notesWithin(notes, stretch).map(({ text }) => text) };
}

async function conditionsFor(query: Query, stretch: Stretch | undefined): Promise<Readonly<Record<string, string>>> {
  return stretch === undefined ? {} : conditionsOf(stretch, await cutsOf(query, stretch));
}

/** State at the beginning of a stretch leaves, too: whatever had been written until its end is looked at. */
async function lookedAt(query: Query, stretch: Stretch | undefined): Promise<Readonly<Record<string, string>>> {
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

/** Bytes of a record in each form, roughly; what it says comes on top. */
const perRecord = { hindcast: 90, parquet: 12, jsonl: 190 };
/** Of the tables of a recording, and the heads and ends of files. */
const atLeast = { hindcast: 700_000, parquet: 20_000, jsonl: 0 };
/** Of each byte that it says. */
const perByte = { hindcast: 0.5, parquet: 0.15, jsonl: 1 };

const sized: readonly (readonly [table: string, bytes: string])[] = [
  ["event", "strlen(attributes)"],
  ["span", "strlen(attributes)"],
  ["log", "strlen(body) + strlen(attributes)"],
  ["metric", "0"],
  ["write", "coalesce(strlen(key), 0) + coalesce(strlen(value), 0)"],
  ["keyframe", "strlen(contents)"],
];

/** How many records, and roughly how many bytes. */
export async function leavingSizes(
  query: Query,
  stretch: Stretch | undefined,
): Promise<Pick<ExportReport, "records" | "bytes">> {
  const conditions = await conditionsFor(query, stretch);
  const sums = sized.map(
    ([table, bytes]) =>
      `SELECT count(*) AS records, coalesce(sum(${bytes}), 0)::DOUBLE AS bytes FROM "${table}" WHERE ${conditions[table] ?? "true"}`,
  );
  const rows = await query(
    `SELECT sum(records)::DOUBLE AS records, sum(bytes)::DOUBLE AS bytes FROM (${sums.join(" UNION ALL ")})`,
  );
  const [records, bytes] = [rows.numbers("records")[0] ?? 0, rows.numbers("bytes")[0] ?? 0];
  const about = (form: keyof typeof perRecord): number =>
    Math.round(atLeast[form] + records * perRecord[form] + bytes * perByte[form]);
  return { records, bytes: { hindcast: about("hindcast"), parquet: about("parquet"), jsonl: about("jsonl") } };
}
