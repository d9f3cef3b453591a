// Between which rows of the index's tables it speaks of a block: what is asked about a few blocks need not read what is said of
// all others. Numbers of rows, which stay what they are as long as nothing is evicted.
import type { Query } from "./readers.js";
import type { Block, IndexRows } from "./search-block.js";
import { searchKinds } from "../../shared/protocol/engine-rows.js";

const tables = ["search_text", "search_filter", "search_block"] as const;

/** Blocks with these. `since` is about the columns `kind` and `block`, and holds for all of them. */
export async function withIndexRows(query: Query, blocks: readonly Block[], since: string): Promise<readonly Block[]> {
  if (blocks.length === 0) return [];
  const ofTables = tables.map(
    (table, at) =>
      `SELECT ${at} AS which, kind, block, min(rowid)::DOUBLE AS first, max(rowid)::DOUBLE AS last
         FROM ${table} WHERE ${since} GROUP BY kind, block`,
  );
  const rows = await query(ofTables.join(" UNION ALL "));
  const [which, kinds, numbers] = [rows.float64s("which"), rows.float64s("kind"), rows.float64s("block")];
  const [firsts, lasts] = [rows.float64s("first"), rows.float64s("last")];
  const found = new Map<string, IndexRows>();
  for (const row of which.keys()) {
    const [table, key] = [tables[which[row] ?? 0], `${kinds[row]} ${numbers[row]}`];
    if (table !== undefined) found.set(key, { ...found.get(key), [table]: [firsts[row] ?? 0, lasts[row] ?? 0] });
  }
  return blocks.map((block) => {
    return { ...block, indexRows: found.get(`${searchKinds.indexOf(block.kind)} ${block.number}`) };
  });
}

/** A condition for what a table says of some blocks, and little else, that DuckDB knows groups of rows by. */
export function amongRowsOf(table: keyof IndexRows, blocks: readonly Block[]): string {
  let [first, last] = [Infinity, -1];
  for (const { indexRows } of blocks) {
    if (indexRows === undefined) return "true";
    const [from, to] = indexRows[table] ?? [first, last];
    [first, last] = [Math.min(first, from), Math.max(last, to)];
  }
  return last < first ? "true" : `rowid BETWEEN ${first} AND ${last}`;
}

/** A condition for some blocks, and others between them, about the columns `kind` and `block`. */
export function rangesOf(blocks: readonly Block[]): string {
  const ranges = searchKinds.flatMap((kind, code) => {
    const numbers = blocks.flatMap((block) => (block.kind === kind ? [block.number ?? 0] : []));
    if (numbers.length === 0) return [];
    const [least, most] = numbers.reduce(
      ([low, high], number) => [Math.min(low, number), Math.max(high, number)],
      [Infinity, 0],
    );
    return [`(kind = ${code} AND block BETWEEN ${least} AND ${most})`];
  });
  return `(${ranges.join(" OR ")})`;
}
