// Which rows of each table belong to a stretch of time, and what of them is said otherwise because it was cut. Names, places
// and series are taken where something that was taken refers to them, so that no text leaves that belongs to nothing.
import type { Table, TableRows } from "./copy-rows.js";
import type { Query } from "./readers.js";
import { markKinds } from "./schema.js";
import type { ProcessCut, Stretch } from "./selection-cut.js";

/** Of spans of which a part lies outside of what was selected. */
export const cutAttribute = "hindcast.cut";

/** Tables that say again what others say, or what only a recording in the making needs. */
const notTaken = /^(recording|process|migration|definition|pin|segment|segment_piece|rollup_cover|search_.*)$|_\d+m?s$/;
const dictionaries = ["name", "location", "series"];

/** Those that hold what was recorded, as opposed to what is made of it. */
export const isOfRecords = (name: string): boolean => !notTaken.test(name) || ["recording", "process"].includes(name);

/** What does not depend on what else was taken; dictionaries follow. */
export function rowsOfSelection(
  tables: readonly Table[],
  stretch: Stretch,
  cuts: readonly ProcessCut[],
): readonly TableRows[] {
  const conditions = conditionsOf(stretch, cuts);
  return tables.flatMap(({ name, columns }) => {
    const condition = conditions[name];
    if (condition === undefined) return [];
    return { name, rows: `SELECT ${columns} FROM (${sourceOf(name, stretch)}) WHERE ${condition}` };
  });
}

/** By table, of those that have records of their own time. */
export function conditionsOf({ from, to }: Stretch, cuts: readonly ProcessCut[]): Readonly<Record<string, string>> {
  const isTaken = (column: string): string =>
    cuts.length === 0 ? "false" : `${column} IN (${cuts.map(({ process }) => process).join(", ")})`;
  const isWithin = (column: string): string => `${column} >= ${from} AND ${column} <= ${to}`;
  const record = `${isWithin("instant")} AND ${isTaken("process")}`;
  const ofWrites = (first: string, last: string): string =>
    [
      "false",
      ...cuts.map(
        ({ process, after, until }) => `(process = ${process} AND ${first} > ${after} AND ${last} <= ${until})`,
      ),
    ].join(" OR ");
  return {
    recording: "true",
    process: isTaken("process"),
    event: record,
    log: record,
    metric: record,
    mark: record,
    span: `instant <= ${to} AND (end_instant IS NULL OR end_instant >= ${from}) AND ${isTaken("process")}`,
    write: ofWrites("seq", "seq"),
    keyframe: ofWrites("seq", "seq"),
    scope: `instant <= ${to} AND ${isTaken("process")}`,
    message_end: record,
    message: `(${isWithin("sent_instant")} OR ${isWithin("received_instant")}) AND ${isTaken("sender")} AND ${isTaken("receiver")}`,
    state_hole: ofWrites("first_seq", "first_seq"),
    source_use: isTaken("process"),
    source_version: `id IN (SELECT source FROM source_use WHERE ${isTaken("process")})`,
    source_text: `hash IN (SELECT s.hash FROM source_version AS s JOIN source_use AS u ON u.source = s.id WHERE ${isTaken("u.process")})`,
    eviction: `until > ${from} AND since <= ${to} AND ${isTaken("process")}`,
  };
}

/** What goes on behind the end of the stretch is said to, and nothing of how it ended. */
function sourceOf(name: string, { from, to }: Stretch): string {
  const goesOn = `coalesce(ended, last_seen) > ${to}`;
  const part = `CASE WHEN instant < ${from} AND end_instant > ${to} THEN 'both' WHEN instant < ${from} THEN 'start' ELSE 'end' END`;
  const quoted = `'{"${cutAttribute}":"' || ${part} || '"' || if(length(attributes) > 2, ',' || substr(attributes, 2), '}')`;
  if (name === "recording")
    return `SELECT * REPLACE (greatest(start, ${from}) AS start, NULL::BIGINT AS max_age_ns, NULL::BIGINT AS max_bytes) FROM recording`;
  if (name === "process")
    return `SELECT * REPLACE (least(last_seen, ${to}) AS last_seen, if(${goesOn}, ${to}, ended) AS ended,
      if(${goesOn}, NULL, exit_code) AS exit_code, if(${goesOn}, NULL, signal) AS signal,
      if(${goesOn}, 'recording-ended', ending) AS ending, if(${goesOn}, false, tail_unknown) AS tail_unknown) FROM process`;
  if (name === "span")
    return `SELECT * REPLACE (if(instant < ${from} OR end_instant > ${to}, ${quoted}, attributes) AS attributes) FROM span`;
  return `SELECT * FROM "${name}"`;
}

/** Of processes that ran before the stretch, or go on behind it: written into the target. */
export const marksOfCut = ({ from, to }: Stretch): readonly string[] => [
  `INSERT INTO mark (process, seq, instant, kind, lost, lost_writes, label) SELECT process, 0, ${from}, ${markKinds.indexOf("start")}, 0, 0,
     'what was exported begins here' FROM process WHERE start < ${from}`,
  `INSERT INTO mark (process, seq, instant, kind, lost, lost_writes, label) SELECT process, 0, ${to}, ${markKinds.indexOf("end")}, 0, 0,
     'what was exported ends here' FROM process WHERE ending = 'recording-ended' AND ended = ${to}
     AND process NOT IN (SELECT process FROM mark WHERE kind = ${markKinds.indexOf("end")})`,
];

const usedIds: readonly (readonly [table: string, ids: string])[] = [
  ["series", `SELECT series AS id FROM metric`],
  ["location", `SELECT location AS id FROM write UNION SELECT location FROM keyframe`],
  [
    "name",
    `SELECT name AS id FROM event UNION SELECT name FROM span UNION SELECT source FROM log UNION SELECT file FROM location
     UNION SELECT function FROM location UNION SELECT name FROM series UNION SELECT unit FROM series`,
  ],
];

/** One after the other: what the earlier ones bring refers to later ones. */
export async function* rowsOfDictionaries(tables: readonly Table[], target: Query): AsyncGenerator<TableRows> {
  for (const [name, used] of usedIds) {
    const table = tables.find((one) => one.name === name);
    if (table === undefined) continue;
    const ids = (await target(`SELECT DISTINCT id FROM (${used}) WHERE id > 0 ORDER BY id`)).numbers("id");
    yield {
      name,
      rows: `SELECT ${table.columns} FROM "${name}" WHERE id IN (SELECT unnest([${ids.join(",")}]::UINTEGER[]))`,
    };
  }
}

export const isDictionary = (name: string): boolean => dictionaries.includes(name);
