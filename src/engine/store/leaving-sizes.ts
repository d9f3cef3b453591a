// How much leaves with an export: how many records are counted; how long their texts are is told by some of them, so that it is
// known at once however large a recording is. And what of it is not kept any more.
import type { ExportSize } from "../../shared/protocol/export-calls.js";
import type { Query } from "./readers.js";
import { type Stretch, cutsOf } from "./selection-cut.js";
import { conditionsOf } from "./selection-rows.js";

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

/** Of a table so many pieces are looked at, each of so many rows, as far from each other as they come. */
const pieces = 16;
const rowsOfPiece = 512;

export async function leavingSizes(query: Query, stretch: Stretch | undefined): Promise<ExportSize> {
  const conditions = stretch === undefined ? {} : conditionsOf(stretch, await cutsOf(query, stretch));
  let [records, bytes] = [0, 0];
  for (const [table, length] of sized) {
    const rows = await countOf(query, table, conditions[table] ?? "true");
    records += rows;
    bytes += rows * (rows === 0 ? 0 : await usualLength(query, table, length));
  }
  const about = (form: keyof typeof perRecord): number =>
    Math.round(atLeast[form] + records * perRecord[form] + bytes * perByte[form]);
  const evictedUntil = stretch === undefined ? undefined : await evictedIn(query, stretch);
  return {
    records,
    bytes: { hindcast: about("hindcast"), parquet: about("parquet"), jsonl: about("jsonl") },
    ...(evictedUntil === undefined ? {} : { evictedUntil }),
  };
}

async function countOf(query: Query, table: string, condition: string): Promise<number> {
  const rows = await query(`SELECT count(*)::DOUBLE AS records FROM "${table}" WHERE ${condition}`);
  return rows.numbers("records")[0] ?? 0;
}

/** By the numbers of its rows: others are not read. */
async function usualLength(query: Query, table: string, length: string): Promise<number> {
  const last = (await query(`SELECT coalesce(max(rowid), 0)::DOUBLE AS last FROM "${table}"`)).numbers("last")[0] ?? 0;
  const looked = Array.from({ length: pieces }, (_, piece) => {
    const first = Math.floor((last * piece) / pieces);
    return `SELECT avg(${length}) AS usual, count(*) AS rows FROM "${table}"
      WHERE rowid >= ${first} AND rowid < ${first + rowsOfPiece}`;
  });
  const usual = await query(
    `SELECT coalesce(sum(usual * rows) / sum(rows), 0)::DOUBLE AS usual FROM (${looked.join(" UNION ALL ")})`,
  );
  return usual.numbers("usual")[0] ?? 0;
}

/** Until when something of the stretch is not kept any more. */
export async function evictedIn(query: Query, { from, to }: Stretch): Promise<bigint | undefined> {
  const rows = await query(`SELECT max(until) AS until FROM eviction WHERE until > ${from} AND since <= ${to}`);
  return rows.optionalBigints("until")[0];
}
