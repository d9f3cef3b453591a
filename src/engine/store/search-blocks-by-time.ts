// The blocks of a recording of which something was evicted. Their rows have other numbers since, and are looked for by their
// instants: of a block that may have what is looked for, all between its first and its last. The last block of each kind is
// one of which nothing is known: it says where all rows lie that are in no other (search-loose-rows.ts).
import type { Query } from "./readers.js";
import { type Block, type KnownRows, blockColumns, blocksIn, blocksOfRest } from "./search-block.js";
import { mostBlocks } from "./search-tables.js";
import { type SearchKind, searchKinds } from "../../shared/protocol/engine-rows.js";
import { UnreadableStored } from "./value-json.js";

/** Blocks whose rows are all gone are gone, too: of those that were known already only the numbers are read again. */
export async function readBlocksByTime(query: Query, known: readonly Block[]): Promise<KnownRows> {
  const blocks = await readBlocks(query, known);
  const all: Block[] = [];
  const written: Block[] = [];
  for (const kind of searchKinds) {
    const own = blocks.filter((block) => block.kind === kind);
    // Else somebody removed rows who knows nothing of the index.
    if (own.at(-1)?.isIndexed === false) all.push(...own);
    else all.push(...(await blocksOfRest(query, kind, 0)));
    written.push(...own.slice(0, -1));
  }
  return { isByTime: true, blocks: all, written, changedSpans: [] };
}

async function readBlocks(query: Query, known: readonly Block[]): Promise<readonly Block[]> {
  const byName = new Map(known.map((block) => [nameOf(block.kind, block.number), block]));
  const next = searchKinds.map((kind) => (known.findLast((block) => block.kind === kind)?.number ?? -1) + 1);
  const isKnown = next.map((block, code) => `(kind = ${code} AND block < ${block})`).join(" OR ");
  const rows = await query(
    `SELECT ${blockColumns} FROM search_block WHERE NOT coalesce(${isKnown}, false)
     UNION ALL SELECT kind, block, NULL, NULL, NULL, NULL, false FROM search_block WHERE ${isKnown}
     ORDER BY kind, block LIMIT ${mostBlocks + 1}`,
  );
  if (rows.length > mostBlocks) throw new UnreadableStored("blocks of the search index");
  const [kinds, numbers, read] = [rows.numbers("kind"), rows.numbers("block"), blocksIn(rows)];
  const last = new Map<SearchKind, number>();
  return kinds.map((code, row) => {
    const [kind, number] = [searchKinds[code], numbers[row] ?? 0];
    if (kind === undefined || number <= (last.get(kind) ?? -1))
      throw new UnreadableStored("numbers of blocks of the search index");
    last.set(kind, number);
    return number < (next[code] ?? 0) ? knownBlock(byName.get(nameOf(kind, number))) : read(row, kind, 0);
  });
}

function knownBlock(block: Block | undefined): Block {
  if (block === undefined) throw new UnreadableStored("numbers of blocks of the search index");
  return block;
}

const nameOf = (kind: SearchKind, number: number | undefined): string => `${kind} ${number}`;
