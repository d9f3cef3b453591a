// Which rows of the log have to be looked at for a text: those that the search index names, all rows it knows nothing of, and
// what was written since. Where that is no small part of the log, all of it: reading on is quicker then than going to rows.
// Where rows were evicted, the index names stretches of time.
// What searching means by "has the text" (search-sources.ts) is what the filter of the log means, the names of sources apart.
import type { Query } from "./readers.js";
import type { AllRows, Block } from "./search-block.js";
import type { SearchBlocks } from "./search-blocks.js";
import { Candidates } from "./search-candidates.js";
import { joinedRanges } from "./search-ranges.js";

export interface LineSettings {
  /** DuckDB reads so many rows to look at one of them: rows that are nearer to each other are one stretch of the table. */
  readonly rowsAtOnce: number;
  /** Beginning with each costs as much as reading some ten thousand rows. */
  readonly mostStretches: number;
}
export const lineSettings: LineSettings = { rowsAtOnce: 2048, mostStretches: 40 };
/** Of all rows. */
const mostShare = 0.5;
/** Of time, that rows are looked for in. */
const mostRanges = 200;
/** Where there are too many stretches, those nearer to each other than that many times as far are one. */
const farther = 8;
const keptTexts = 8;

interface Stretch {
  readonly first: number;
  /** Belongs to it. */
  last: number;
}

export interface LogLines {
  /** A table of rows of the log, for a statement. */
  readonly from: string;
  /** Ask after reading: rows may have been evicted meanwhile, or have come where nothing was. */
  areTheSame(): Promise<boolean>;
}

const allLines: LogLines = { from: "log", areTheSame: () => Promise.resolve(true) };

export class LogLinesByText {
  readonly #blocks: SearchBlocks;
  readonly #candidates = new Map<string, Candidates>();

  constructor(
    blocks: SearchBlocks,
    readonly settings: LineSettings,
  ) {
    this.#blocks = blocks;
  }

  async with(query: Query, text: string | undefined): Promise<LogLines> {
    if (text === undefined || text === "") return allLines;
    const all = await this.#blocks.all();
    const candidates = this.#candidatesFor(text);
    if (candidates.tellsNothing) return allLines;
    await candidates.find(
      query,
      all.blocks.filter(({ kind }) => kind === "log"),
    );
    const from = all.isByTime ? tableByTime(all, candidates) : tableOf(all, candidates, this.settings);
    if (from === undefined) return allLines;
    if (!all.isByTime) return { from, areTheSame: async () => !(await this.#blocks.haveBeenEvicted(all)) };
    return { from, areTheSame: () => this.#blocks.hasNoMore(all, "log") };
  }

  #candidatesFor(text: string): Candidates {
    const candidates = this.#candidates.get(text) ?? new Candidates([text], undefined, this.#blocks.kept);
    this.#candidates.delete(text);
    this.#candidates.set(text, candidates);
    const [oldest] = this.#candidates.keys();
    if (this.#candidates.size > keptTexts && oldest !== undefined) this.#candidates.delete(oldest);
    return candidates;
  }
}

function tableOf(
  { blocks }: AllRows,
  candidates: Candidates,
  { rowsAtOnce, mostStretches }: LineSettings,
): string | undefined {
  const own = blocks.filter(({ kind }) => kind === "log");
  const end = own.reduce((_, { firstRow, rows }) => firstRow + rows, 0);
  const near = stretchesOf(own, candidates, rowsAtOnce);
  const stretches = near.length > mostStretches ? stretchesOf(own, candidates, farther * rowsAtOnce) : near;
  const read = stretches.reduce((sum, { first, last }) => sum + last - first + rowsAtOnce, 0);
  if (stretches.length > mostStretches || read > mostShare * end) return undefined;
  const where = stretches.map(({ first, last }) => `t.rowid BETWEEN ${first} AND ${last}`);
  const parts = [...where, `t.rowid >= ${end}`].map((one) => `SELECT * FROM log AS t WHERE ${one}`);
  return `(${parts.join(" UNION ALL ")})`;
}

/** Rows that are so near to each other are in one. */
function stretchesOf(blocks: readonly Block[], candidates: Candidates, near: number): readonly Stretch[] {
  const stretches: Stretch[] = [];
  const add = (first: number, last: number): void => {
    const before = stretches.at(-1);
    if (before !== undefined && first - before.last <= near) before.last = Math.max(before.last, last);
    else stretches.push({ first, last });
  };
  for (const block of blocks) {
    const rows = candidates.rowsOf(block);
    if (rows === undefined) add(block.firstRow, block.firstRow + block.rows - 1);
    else for (const row of rows) add(row, row);
  }
  return stretches;
}

/** Rows that came since are looked at as long as the last block has not been written anew: it says where they may be. */
function tableByTime({ blocks }: AllRows, candidates: Candidates): string | undefined {
  const own = blocks.filter(({ kind }) => kind === "log");
  if (own.at(-1)?.number === undefined) return undefined;
  const some = own.filter((block) => candidates.rowsOf(block)?.length !== 0);
  const count = (of: readonly Block[]): number => of.reduce((sum, { rows }) => sum + rows, 0);
  if (count(some) > mostShare * count(own)) return undefined;
  const ranges = joinedRanges(some.flatMap((block) => block.ranges));
  if (ranges.length > mostRanges) return undefined;
  const parts = ranges.map(({ first, last }) => `SELECT * FROM log AS t WHERE t.instant BETWEEN ${first} AND ${last}`);
  return parts.length === 0 ? `(SELECT * FROM log WHERE false)` : `(${parts.join(" UNION ALL ")})`;
}
