// Rows that are in no block yet, of a recording that evicts. How many rows a table has tells nothing there of where they begin.
// So the file says between which instants they lie, as a block of which nothing is known behind the others of its kind. It is
// said with some time to come, and as if there were many: written again only for rows beyond that, and when its rows have gone
// into a block.
import { DuckDBBlobValue, type DuckDBConnection } from "@duckdb/node-api";
import type { Query } from "./readers.js";
import type { BlockRows } from "./search-block-rows.js";
import type { OpenBlock } from "./search-open-block.js";
import type { InstantRanges } from "./search-ranges.js";
import { unreadParts } from "./search-resume.js";
import { type SearchKind, searchKinds } from "../../shared/protocol/engine-rows.js";
import type { WaitingRows } from "./waiting-rows.js";

/** Around a row that is beyond what was said. */
const [behindNs, aheadNs] = [1e9, 5e9];

interface Said {
  /** Number of the block that says it, which will be the one of these rows. */
  readonly block: number;
  readonly ranges: InstantRanges;
}

export class LooseRows {
  readonly #said = new Map<SearchKind, Said>();

  /** Within the commit of `rows`, before they are among those of `open`, and before blocks that were filled are written. */
  async write(
    connection: DuckDBConnection,
    open: Readonly<Record<SearchKind, OpenBlock>>,
    rows: WaitingRows,
  ): Promise<void> {
    for (const kind of searchKinds) {
      const before = this.#said.get(kind);
      const isNew = before?.block !== open[kind].block;
      const said = before === undefined || isNew ? { block: open[kind].block, ranges: open[kind].ranges() } : before;
      const isWider = cover(said.ranges, kind, rows);
      if (!isNew && !isWider) continue;
      const code = searchKinds.indexOf(kind);
      if (before !== undefined)
        await connection.run(`DELETE FROM search_block WHERE kind = ${code} AND block = ${before.block}`);
      await connection.run(
        `INSERT INTO search_block BY NAME SELECT ${code}::UTINYINT AS kind, ${said.block}::UINTEGER AS block,
           ${open[kind].mostPositions}::BIGINT AS rows, $1::BLOB AS ranges, ''::BLOB AS others,
           ${open[kind].texts.partBits}::UTINYINT AS part_bits, NULL::BLOB AS trigrams`,
        [new DuckDBBlobValue(said.ranges.toBytes())],
      );
      this.#said.set(kind, said);
    }
  }
}

/** Whether more had to be said. */
function cover(ranges: InstantRanges, kind: SearchKind, { buffers, endedSpans }: WaitingRows): boolean {
  let isWider = false;
  const note = (instant: number): void => {
    if (ranges.has(instant)) return;
    ranges.addStretch(instant - behindNs, instant + aheadNs);
    isWider = true;
  };
  const { instant, length } = buffers[kind];
  for (let row = 0; row < length; row++) note(instant.nearly(row));
  if (kind === "span") for (const ended of endedSpans) note(Number(ended.instant));
  return isWider;
}

/**
 * Goes on behind what another engine wrote: what it said of loose rows stays said of them. Where nobody said anything, it
 * may be all rows that are there.
 */
export async function goOnByTime(
  query: Query,
  open: Readonly<Record<SearchKind, OpenBlock>>,
  blocks: BlockRows,
): Promise<void> {
  for (const kind of searchKinds) {
    const last = await query(
      `SELECT block, trigrams IS NULL AS is_loose FROM search_block WHERE kind = ${searchKinds.indexOf(kind)}
       ORDER BY block DESC LIMIT 1`,
    );
    open[kind].begin((last.numbers("block")[0] ?? -1) + 1, 0);
    if (last.booleans("is_loose")[0] !== true) await passAll(query, open[kind], blocks);
  }
}

/** Blocks of which nothing is known, of all rows that there are, in place of the open one. */
export async function passAll(query: Query, open: OpenBlock, blocks: BlockRows): Promise<void> {
  open.begin(open.block, 0);
  for (const { rows, first, last } of await unreadParts(query, open.kind, 0, undefined, open.mostPositions))
    open.pass(blocks, rows, first, last);
}
