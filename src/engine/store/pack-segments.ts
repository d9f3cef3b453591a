// Makes segments of the writes that a file has, of a process that has none or only the base that a selection begins with. What
// is behind the last segment is read as rows, as it is while a recording is made.
import type { DuckDBConnection } from "@duckdb/node-api";
import { type Asker, tellPart } from "../../shared/base/asker.js";
import { type SegmentSettings, segmentSettings } from "../replay/segments/builder.js";
import { writing } from "./copy-rows.js";
import { ProcessSegments, isAboutWrites } from "./process-segments.js";
import { type Query, queryOn } from "./readers.js";
import { newHeadRows, newPieceRows, pushHead, pushPieces } from "./segment-rows.js";
import { pieceBytes } from "./segment-tables.js";
import { storedBytes } from "./stored-segments.js";
import { readSegmentWrites } from "./writes.js";

/** Read at once; in between are records of other kinds. */
const seqsAtOnce = 32_768;

/** Answers the id of the first piece that is free. Where segments cannot be made, the rows say the same. */
export async function packSegments(
  target: DuckDBConnection,
  process: number,
  {
    firstPiece,
    asker,
    settings = segmentSettings,
  }: { readonly firstPiece: number; readonly asker: Asker; readonly settings?: SegmentSettings | undefined },
): Promise<number> {
  const query = queryOn(target);
  const last = await lastSeqOf(query, process);
  let piece = firstPiece;
  try {
    const segments = new ProcessSegments(process, query, settings);
    await segments.goOn();
    let at = segments.heads.last?.lastSeq ?? 0;
    for (; at < last; at += seqsAtOnce) {
      tellPart(asker, { phase: "Packing state", done: at, total: last, unit: "writes" });
      const writes = [...(await readSegmentWrites(query, process, at, at + seqsAtOnce))];
      await segments.prepare(writes);
      for (const write of writes) segments.add(write);
      piece = await writeClosed(target, segments, piece);
    }
    return piece;
  } catch (error) {
    if (!isAboutWrites(error)) throw error;
    await writing(() => target.run(`DELETE FROM segment WHERE process = $1`, [process]));
    return piece;
  }
}

async function writeClosed(target: DuckDBConnection, segments: ProcessSegments, firstPiece: number): Promise<number> {
  const [heads, pieces] = [newHeadRows(), newPieceRows()];
  let piece = firstPiece;
  for (const segment of segments.builder.takeClosed()) {
    const { place, bytes } = storedBytes(segment, piece);
    const head = { ...segment, place };
    segments.heads.push(head);
    pushHead(heads, segments.process, head);
    pushPieces(pieces, piece, bytes);
    piece += Math.ceil(bytes.length / pieceBytes);
  }
  if (piece === firstPiece) return piece;
  await writing(async () => {
    await heads.appendInto(target, "segment");
    await pieces.appendInto(target, "segment_piece");
  });
  segments.builder.makeRoom();
  return piece;
}

async function lastSeqOf(query: Query, process: number): Promise<number> {
  const rows = await query(
    `SELECT coalesce(max(seq), 0)::BIGINT AS seq FROM (SELECT max(seq) AS seq FROM write WHERE process = $1
       UNION ALL SELECT max(seq) FROM keyframe WHERE process = $1)`,
    [process],
  );
  return rows.numbers("seq")[0] ?? 0;
}
