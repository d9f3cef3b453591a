// Pieces of segments that were read before anybody looked, packed as they are in the file: a look at what is here asks DuckDB
// nothing. To ask it for one segment takes a millisecond, and several where it has not read the blocks around it yet.
// What a piece says never changes, and its id is never another's: nothing here has to be forgotten but for room.
import type { Query } from "./readers.js";
import { pieceBytes, piecesSql } from "./segment-tables.js";

/** Bytes of a file, from `from` on and before `to`, counted from the beginning of its first piece. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** About a megabyte, which takes a few milliseconds to read. */
const piecesAtOnce = 1024;
/** As much as the state of some twelve million writes; of a longer recording the newest. */
const mostStretches = 160;

/** The pieces of a stretch of ids, each with room for a whole one. */
interface Stretch {
  readonly bytes: Uint8Array;
  /** Of each piece; 0 where there is none. */
  readonly lengths: Uint16Array;
}

export class PieceMemory {
  readonly #stretches = new Map<number, Stretch>();
  /** The next to be read; undefined before the first. */
  #next: number | undefined;

  /** How often `readMore` reads something at most. */
  static readonly most = mostStretches;

  /** From the newest on, a stretch at a time. What throws, as where it is given up, is read by the next. */
  async readMore(query: Query): Promise<void> {
    if (this.#stretches.size >= mostStretches) return;
    this.#next ??= Math.floor((await newestPiece(query)) / piecesAtOnce);
    if (this.#next < 0) return;
    const number = this.#next;
    const first = number * piecesAtOnce;
    const rows = await query(piecesSql, [BigInt(first), BigInt(first + piecesAtOnce - 1)]);
    this.#next = number - 1;
    const [ids, pieces] = [rows.numbers("id"), rows.bytes("bytes")];
    // Evicted, or nobody's.
    if (pieces.length === 0) return;
    const bytes = new Uint8Array(piecesAtOnce * pieceBytes);
    const lengths = new Uint16Array(piecesAtOnce);
    for (const [row, piece] of pieces.entries()) {
      const at = (ids[row] ?? 0) - first;
      // Who needs a damaged one asks for it and hears of it.
      if (piece.length > pieceBytes || at < 0 || at >= piecesAtOnce) continue;
      bytes.set(piece, at * pieceBytes);
      lengths[at] = piece.length;
    }
    this.#stretches.set(number, { bytes, lengths });
  }

  /** One behind the other; undefined where not all of it is here. */
  bytesOf({ from, to }: Range): readonly Uint8Array[] | undefined {
    const found: Uint8Array[] = [];
    const stretchBytes = piecesAtOnce * pieceBytes;
    for (let at = from; at < to;) {
      const number = Math.floor(at / stretchBytes);
      const stretch = this.#stretches.get(number);
      const start = number * stretchBytes;
      const end = Math.min(to - start, stretchBytes);
      if (stretch === undefined || !isWhole(stretch, at - start, end)) return undefined;
      found.push(stretch.bytes.subarray(at - start, end));
      at = start + end;
    }
    return found;
  }
}

/** All but the last piece are full, and that one reaches as far. */
function isWhole({ lengths }: Stretch, from: number, to: number): boolean {
  for (let piece = Math.floor(from / pieceBytes); piece * pieceBytes < to; piece++)
    if ((lengths[piece] ?? 0) < Math.min(pieceBytes, to - piece * pieceBytes)) return false;
  return true;
}

const newestPiece = async (query: Query): Promise<number> =>
  (await query(`SELECT coalesce(max(id), -1)::BIGINT AS id FROM segment_piece`)).numbers("id")[0] ?? -1;
