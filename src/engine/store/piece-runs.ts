// Bytes of segments by the pieces that hold them: from memory where they were read ahead, else in as few queries as it takes.
import { MalformedBytes } from "../../shared/protocol/bytes.js";
import type { PieceMemory, Range } from "./piece-memory.js";
import type { Query } from "./readers.js";
import { pieceBytes, piecesSql } from "./segment-tables.js";

/** Pieces in between that cost less than another query. */
const mostBetween = 64;

/** Bytes that were read at once. */
export interface Run extends Range {
  /** Those of a range within it, one behind the other. Throws `MalformedBytes`. */
  bytesOf(range: Range): readonly Uint8Array[];
}

/** What is not in memory in as few queries as it takes. */
export async function readPieces(query: Query, ranges: readonly Range[], memory: PieceMemory): Promise<readonly Run[]> {
  const runs: { from: number; to: number }[] = [];
  const known: Run[] = [];
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = runs.at(-1);
    if (memory.bytesOf({ from, to }) !== undefined) known.push(runIn(memory, from, to));
    else if (last !== undefined && from - last.to <= mostBetween * pieceBytes) last.to = Math.max(last.to, to);
    else runs.push({ from, to });
  }
  return runs.length === 0 ? known : [...known, ...(await Promise.all(runs.map((run) => readRun(query, run))))];
}

const runIn = (memory: PieceMemory, from: number, to: number): Run => ({
  from,
  to,
  bytesOf: (range) => memory.bytesOf(range) ?? damaged("bytes of a segment are missing"),
});

async function readRun(query: Query, { from, to }: Range): Promise<Run> {
  const rows = await query(piecesSql, [
    BigInt(Math.floor(from / pieceBytes)),
    BigInt(Math.floor((to - 1) / pieceBytes)),
  ]);
  const [ids, bytes] = [rows.numbers("id"), rows.bytes("bytes")];
  // In whatever order they came, by id, those that there are: between two segments some may have been evicted.
  const pieces = new Map(bytes.map((piece, row) => [ids[row] ?? -1, piece]));
  return { from, to, bytesOf: (range) => bytesIn(pieces, range) };
}

export const piecesOf = (read: readonly Run[], range: Range): readonly Uint8Array[] =>
  (
    read.find((one) => one.from <= range.from && range.to <= one.to) ?? damaged("bytes of a segment are missing")
  ).bytesOf(range);

/** What of each piece lies there: they are as long together, or it is damaged. */
function bytesIn(pieces: ReadonlyMap<number, Uint8Array>, { from, to }: Range): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  let left = to - from;
  for (let id = Math.floor(from / pieceBytes); id * pieceBytes < to; id++) {
    const piece = pieces.get(id) ?? damaged("pieces of a segment are missing");
    // The last one of a segment is shorter.
    if (piece.length > pieceBytes) damaged("a piece is too long");
    const start = id * pieceBytes;
    const wanted = piece.subarray(Math.max(0, from - start), Math.max(0, to - start));
    found.push(wanted);
    left -= wanted.length;
  }
  if (left !== 0) damaged("a piece is too short");
  return found;
}

function damaged(reason: string): never {
  throw new MalformedBytes(reason);
}
