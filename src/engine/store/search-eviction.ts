// Takes out of the search index the blocks of which no row is left. Until then they cost time and hide nothing.
import type { DuckDBConnection } from "@duckdb/node-api";
import { type Query, queryOn } from "./readers.js";
import { type InstantRange, rangesFromBytes } from "./search-ranges.js";
import { isKept, sources } from "./search-sources.js";
import { type SearchKind, searchKinds } from "../../shared/protocol/engine-rows.js";

/** Between two of them somebody else may have a turn. */
const blocksAtOnce = 16;
const tablesOfBlocks = ["search_text", "search_filter", "search_block"];

/** Those that have nothing at `until` or later. */
export async function* removeEmptyBlocks(connection: DuckDBConnection, until: bigint): AsyncGenerator<undefined> {
  const query = queryOn(connection);
  for (const [code, kind] of searchKinds.entries()) {
    const blocks = await oldBlocks(query, code, until);
    for (let at = 0; at < blocks.length; at += blocksAtOnce) {
      const empty: number[] = [];
      for (const { block, ranges } of blocks.slice(at, at + blocksAtOnce))
        if (!(await isAnyRowIn(query, kind, ranges))) empty.push(block);
      if (empty.length > 0)
        for (const table of tablesOfBlocks)
          await connection.run(`DELETE FROM ${table} WHERE kind = ${code} AND block IN (${empty.join(", ")})`);
      yield;
    }
  }
}

interface OldBlock {
  readonly block: number;
  readonly ranges: readonly InstantRange[];
}

/** The last one stays: it says where rows lie that are in no block. */
async function oldBlocks(query: Query, code: number, until: bigint): Promise<readonly OldBlock[]> {
  const rows = await query(
    `SELECT block, ranges FROM search_block WHERE kind = ${code}
       AND block < (SELECT max(block) FROM search_block WHERE kind = ${code}) ORDER BY block`,
  );
  const ranges = rows.bytes("ranges").map(rangesFromBytes);
  return rows
    .numbers("block")
    .map((block, row) => ({ block, ranges: ranges[row] ?? [] }))
    .filter((one) => one.ranges.every(({ first }) => first < until));
}

async function isAnyRowIn(query: Query, kind: SearchKind, ranges: readonly InstantRange[]): Promise<boolean> {
  for (const { first, last } of ranges) {
    const rows = await query(
      `SELECT 1 FROM ${sources[kind].table} AS t WHERE t.instant BETWEEN $1 AND $2 AND ${isKept(kind)} LIMIT 1`,
      [first, last],
    );
    if (rows.length > 0) return true;
  }
  return false;
}
