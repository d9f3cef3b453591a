// Rows of a rollup for a stretch of time, from as few and as coarse buckets as will do, and from records where no bucket
// fits or knows of them yet: one relation of SQL, whose rows every aggregate of the rollup may be made of.
import { coversSql } from "./metric-sql.js";
import type { Query } from "./readers.js";
import { type Rollup, columnsOf, tableOf } from "./rollups.js";
import { type Level, type Piece, type Stretch, floorTo, piecesOf } from "./zoom-levels.js";

/** Up to where levels hold the records of each process. A later commit may be further, which does no harm. */
export type CoverByProcess = ReadonlyMap<number, bigint>;

export async function coversOf(query: Query): Promise<CoverByProcess> {
  const rows = await query(coversSql);
  const untils = rows.bigints("until");
  return new Map(rows.numbers("process").map((process, row) => [process, untils[row] ?? 0n]));
}

/** `levels` from the finest to the coarsest that may be used; `condition` is about keys. */
export function rowsWithin(
  rollup: Rollup,
  levels: readonly Level[],
  range: Stretch,
  covers: CoverByProcess,
  condition = "true",
): string {
  const columns = columnsOf(rollup);
  const select = (level: Level | undefined, where: string): string =>
    `SELECT ${columns} FROM ${level === undefined ? `(${rollup.records})` : tableOf(rollup, level)} AS t
     WHERE ${where} AND ${condition}`;
  const branches = sharedPieces(levels, range, covers).map(({ piece, processes }) => {
    const where = `t.start >= ${piece.since} AND t.start < ${piece.until}`;
    if (processes.length === covers.size) return select(piece.level, where);
    return select(piece.level, `${where} AND t.process IN (${processes.join(", ")})`);
  });
  return branches.length === 0 ? select(undefined, "false") : branches.join(" UNION ALL ");
}

interface SharedPiece {
  readonly piece: Piece;
  readonly processes: number[];
}

function sharedPieces(levels: readonly Level[], range: Stretch, covers: CoverByProcess): readonly SharedPiece[] {
  const shared = new Map<string, SharedPiece>();
  for (const [process, until] of covers)
    for (const piece of piecesOf(levels, range, until)) {
      const key = `${piece.level?.name ?? ""} ${piece.since} ${piece.until}`;
      const known = shared.get(key);
      if (known === undefined) shared.set(key, { piece, processes: [process] });
      else known.processes.push(process);
    }
  return [...shared.values()];
}

/** Which of equal slices of the range a row belongs to: that of the beginning of its bucket, of the coarsest used. */
export function sliceOf(levels: readonly Level[], { since, until }: Stretch, slices: number): string {
  const width = levels.at(-1)?.widthNs;
  const at = width === undefined ? "start" : `greatest(start - start % ${width}, ${since})`;
  // This stays inside int64 for all but absurd ranges; those are computed wider.
  const isUsual = since >= 0n && until <= 2n ** 62n && (until - since) * BigInt(slices) < 2n ** 62n;
  const type = isUsual ? "BIGINT" : "HUGEINT";
  return `(((${at})::${type} - ${since}) * ${slices} // ${until - since})::INTEGER`;
}

/** The same of a record's instant. */
export function sliceAt(levels: readonly Level[], range: Stretch, slices: number, instant: bigint): number {
  const { since, until } = range;
  const begins = floorTo(levels.at(-1)?.widthNs ?? 1n, instant);
  return Number((((begins < since ? since : begins) - since) * BigInt(slices)) / (until - since));
}
