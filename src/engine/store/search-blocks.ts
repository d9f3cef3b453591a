// Where rows of each kind lie in time and in their table: those of blocks, and those that are in no block yet.
// The index may come from anybody: what cannot be one is damage, and what it leaves out is looked through.
import type { Query } from "./readers.js";
import {
  type AllRows,
  type Block,
  type ChangedRows,
  type KnownRows,
  blockColumns,
  blocksIn,
  blocksOfRest,
} from "./search-block.js";
import { readBlocksByTime } from "./search-blocks-by-time.js";
import { withIndexRows } from "./search-index-rows.js";
import { KeptBlocks } from "./search-kept-blocks.js";
import { rangesFromBytes } from "./search-ranges.js";
import { uint32sFrom } from "./search-resume.js";
import { sources } from "./search-sources.js";
import { evictionsSql, mostBlocks } from "./search-tables.js";
import { type SearchKind, searchKinds } from "../../shared/protocol/engine-rows.js";
import { UnreadableStored } from "./value-json.js";

const changedAtOnce = 256;

interface Written {
  readonly written: readonly Block[];
  readonly places: readonly number[] | undefined;
}

/** One for all that is asked of a recording: they are read once and kept. */
export class SearchBlocks {
  #known: Promise<KnownRows> | undefined;
  #generation: number | undefined;
  /** What the index says of them, as far as it is in memory. */
  readonly kept: KeptBlocks;

  constructor(
    /** Not of one question: whoever asked first may give up. */
    readonly query: Query,
    /** Same number, same rows. */
    readonly generation: () => number,
  ) {
    this.kept = new KeptBlocks(query);
  }

  async all(): Promise<AllRows> {
    const generation = this.generation();
    if (this.#known === undefined || this.#generation !== generation) {
      const before = this.#known?.catch(() => undefined);
      this.#generation = generation;
      const known = (this.#known = this.#read(before));
      // Whoever asks next may have more luck.
      known.catch(() => {
        if (this.#known === known) this.#known = undefined;
      });
    }
    return this.#known;
  }

  /** What was known of rows by their numbers is not so any more. */
  async haveBeenEvicted({ isByTime }: AllRows): Promise<boolean> {
    if (isByTime) return false;
    const rows = await this.query(evictionsSql);
    const areGone = (rows.numbers("rows")[0] ?? 0) > 0;
    if (areGone) this.#known = undefined;
    return areGone;
  }

  /** By time: every row that there is now lies where `all` says that there may be one. */
  async hasNoMore({ blocks }: AllRows, kind: SearchKind): Promise<boolean> {
    const last = blocks.findLast((block) => block.kind === kind);
    const code = searchKinds.indexOf(kind);
    const rows = await this.query(
      `SELECT block, ranges FROM search_block WHERE kind = ${code} AND block = (SELECT max(block) FROM search_block WHERE kind = ${code})`,
    );
    const ranges = rows.bytes("ranges").map(rangesFromBytes)[0] ?? [];
    const isSame =
      last !== undefined &&
      last.number === rows.numbers("block")[0] &&
      ranges.length === last.ranges.length &&
      ranges.every(({ first, last: end }, at) => first === last.ranges[at]?.first && end === last.ranges[at].last);
    if (!isSame) this.#known = undefined;
    return isSame;
  }

  /** Blocks are only ever added, while nothing is evicted: those that were known are not read again. */
  async #read(before: Promise<KnownRows | undefined> | undefined): Promise<KnownRows> {
    const known = await before;
    const read = known?.isByTime === true ? undefined : await this.#readWritten(known?.written ?? []);
    if (read === undefined) return readBlocksByTime(this.query, known?.isByTime === true ? known.written : []);
    const { written, places } = read;
    const rest = await Promise.all(searchKinds.map((kind) => blocksOfRest(this.query, kind, endOf(written, kind).row)));
    const blocks = [...written, ...rest.flat()];
    return { isByTime: false, written, blocks, changedSpans: await this.#readChanged(places) };
  }

  /** In one question, so that what it says belongs together whatever is committed meanwhile. Nothing where rows were evicted. */
  async #readWritten(known: readonly Block[]): Promise<Written | undefined> {
    const next = searchKinds.map((kind) => known.filter((block) => block.kind === kind).length);
    const since = next.map((block, code) => `(kind = ${code} AND block >= ${block})`).join(" OR ");
    const totals = searchKinds.map(
      (kind, code) =>
        `SELECT 'table' AS what, ${code}, NULL, count(*), NULL, NULL, NULL, false FROM ${sources[kind].table}`,
    );
    const rows = await this.query(
      `SELECT 'block' AS what, ${blockColumns} FROM search_block
         WHERE (${since}) OR kind >= ${searchKinds.length} OR kind IS NULL OR block IS NULL
       UNION ALL SELECT 'open', kind, NULL, NULL, NULL, places, NULL, false FROM search_open
       UNION ALL SELECT 'evicted', 0, NULL, count(*), NULL, NULL, NULL, false FROM eviction
       UNION ALL ${totals.join(" UNION ALL ")} ORDER BY what, kind, block LIMIT ${mostBlocks + 1}`,
    );
    const evicted = rows.texts("what").indexOf("evicted");
    if ((rows.optionalNumbers("rows")[evicted] ?? 0) > 0) return undefined;
    if (known.length + rows.length > mostBlocks) throw new UnreadableStored("blocks of the search index");
    const [what, counts, others] = [rows.texts("what"), rows.optionalNumbers("rows"), rows.optionalBytes("others")];
    const [kinds, written] = [rows.numbers("kind"), [...known]];
    const open = what.flatMap((one, row) => (one === "open" ? [row] : []));
    if (open.length > 1) throw new UnreadableStored("places of the search index");
    const [read, ends] = [blocksIn(rows), new Map(searchKinds.map((kind) => [kind, endOf(known, kind)]))];
    for (const row of what.keys()) {
      const kind = searchKinds[kinds[row] ?? -1];
      if (kind === undefined) throw new UnreadableStored("kinds of the search index");
      const end = ends.get(kind) ?? { block: 0, row: 0 };
      if (what[row] === "block") {
        const block = read(row, kind, end.row);
        if (block.number !== end.block) throw new UnreadableStored("a block of the search index");
        written.push(block);
        ends.set(kind, { block: end.block + 1, row: end.row + block.rows });
      }
      if (what[row] === "table" && end.row > (counts[row] ?? 0)) throw new UnreadableStored("rows of the search index");
    }
    const [place] = open;
    const bytes = place === undefined ? new Uint8Array() : others[place];
    const fresh = await withIndexRows(this.query, written.splice(known.length), since);
    written.push(...fresh);
    return { written, places: bytes === undefined ? undefined : uint32sFrom(bytes) };
  }

  async #readChanged(places: readonly number[] | undefined): Promise<readonly ChangedRows[] | undefined> {
    if (places === undefined) return undefined;
    if (places.length === 0) return [];
    const rows = await this.query(
      `SELECT rowid AS number, instant FROM span WHERE rowid IN (${places.join(", ")}) AND end_seq IS NOT NULL ORDER BY instant`,
    );
    const [numbers, instants] = [rows.numbers("number"), rows.bigints("instant")];
    return Array.from({ length: Math.ceil(numbers.length / changedAtOnce) }, (_, at) => {
      const [begin, end] = [at * changedAtOnce, Math.min((at + 1) * changedAtOnce, numbers.length)];
      return { rows: numbers.slice(begin, end), first: instants[begin] ?? 0n, last: instants[end - 1] ?? 0n };
    });
  }
}

/** Behind the blocks of a kind. */
interface BlocksEnd {
  readonly block: number;
  readonly row: number;
}

function endOf(blocks: readonly Block[], kind: SearchKind): BlocksEnd {
  const last = blocks.findLast((block) => block.kind === kind);
  return last === undefined ? { block: 0, row: 0 } : { block: (last.number ?? 0) + 1, row: last.firstRow + last.rows };
}
