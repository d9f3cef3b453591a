// Makes segments of the writes of each commit, and writes those that are closed within it. What has been taken in stays so
// when the commit fails: its rows come again first, and are passed over.
// Segments that end behind a write which comes late are made again, of the rows. Whatever else is wrong with a process's writes
// is no reason not to record them: such a process has no segments any more, and its state is put together from its rows.
import { DuckDBBlobValue, type DuckDBConnection } from "@duckdb/node-api";
import { type ClosedSegment, type SegmentSettings, segmentSettings } from "../replay/segments/builder.js";
import type { SegmentHead } from "../replay/segments/segment-heads.js";
import { type SegmentWrite, nameOfScope } from "../replay/segments/segment-write.js";
import { blobs, integers, longs } from "./column-buffers.js";
import type { DerivedRows } from "./derived-rows.js";
import type { ChangedKind } from "./last-changes.js";
import { type Query, queryOn } from "./readers.js";
import type { ChangeRow } from "./recording-rows.js";
import type { WriteOperation } from "../../shared/trace/write.js";
import { pieceBytes } from "./segment-tables.js";
import { ProcessSegments, isAboutWrites } from "./process-segments.js";
import { storedBytes } from "./stored-segments.js";
import { TableBuffer } from "./table-buffer.js";
import type { WaitingRows } from "./waiting-rows.js";

export class SegmentRows implements DerivedRows {
  readonly #settings: SegmentSettings;
  readonly #processes = new Map<number, ProcessSegments | "none">();
  /** Processes up to here may have writes in the file that were not taken in. */
  #lastKnown: number;
  #nextPiece: number;
  /** Of the rows of the next commit, how many were taken in for one that failed. */
  #taken = 0;
  #closed: {
    readonly process: number;
    readonly segment: ClosedSegment;
    readonly head: SegmentHead;
    readonly bytes: Uint8Array;
  }[] = [];
  /** Of each process, segments that end at this Seq or later: they are not true any more. */
  readonly #toRemove = new Map<number, number>();
  #closesOpen = false;

  private constructor(settings: SegmentSettings, lastKnown: number, nextPiece: number) {
    this.#settings = settings;
    this.#lastKnown = lastKnown;
    this.#nextPiece = nextPiece;
  }

  static async open(connection: DuckDBConnection, settings = segmentSettings): Promise<SegmentRows> {
    const rows = await queryOn(connection)(
      `SELECT (SELECT coalesce(max(id), -1) + 1 FROM segment_piece) AS piece, (SELECT coalesce(max(process), 0) FROM process) AS process`,
    );
    return new SegmentRows(settings, rows.numbers("process")[0] ?? 0, rows.numbers("piece")[0] ?? 0);
  }

  async write(connection: DuckDBConnection, rows: WaitingRows): Promise<void> {
    const fresh = byProcess(rows.changes.slice(this.#taken));
    // All that may fail, before anything is taken in.
    for (const [process, writes] of fresh)
      if (await this.#prepare(process, writes, queryOn(connection))) fresh.set(process, []);
    for (const [process, writes] of fresh) this.#takeIn(process, writes);
    this.#taken = rows.changes.length;
    if (this.#closesOpen) this.#closeAll();
    await this.#writeClosed(connection);
  }

  /** By what is written and not committed yet. */
  get changed(): readonly ChangedKind[] {
    const kinds: ChangedKind[] = [];
    if (this.#closed.length > 0) kinds.push("segments");
    if (this.#toRemove.size > 0) kinds.push("removed");
    return kinds;
  }

  committed(): void {
    this.#taken = 0;
    this.#closesOpen = false;
    this.#toRemove.clear();
    if (this.#closed.length === 0) return;
    this.#closed = [];
    for (const segments of this.#processes.values()) if (segments !== "none") segments.builder.makeRoom();
  }

  forget(): void {
    // What was taken in comes first in the rows of the next commit.
  }

  /** With the next commit, of every process: what is evicted ends where a segment does. */
  closeOpen(): void {
    this.#closesOpen = true;
  }

  /** Between commits. Undefined where a process has none. */
  async of(process: number, query: Query): Promise<ProcessSegments | undefined> {
    await this.#prepare(process, [], query);
    const segments = this.#processes.get(process);
    return segments === "none" ? undefined : segments;
  }

  /** Room for the bytes of a base; gives the id of its first piece. */
  takePieces(bytes: number): number {
    const first = this.#nextPiece;
    this.#nextPiece += Math.ceil(bytes / pieceBytes);
    return first;
  }

  get nextPiece(): number {
    return this.#nextPiece;
  }

  /** Whether the writes were taken in with all that the file has: they are in it when this is asked for a commit. */
  async #prepare(process: number, writes: readonly SegmentWrite[], query: Query): Promise<boolean> {
    if (this.#processes.get(process) === "none") return true;
    let isRestored = false;
    await this.#unlessNone(process, async () => {
      isRestored = await this.#restoreIfNeeded(process, writes[0], query);
      const segments = this.#processes.get(process);
      if (!isRestored && segments !== undefined && segments !== "none") await segments.prepare(writes);
    });
    return isRestored;
  }

  async #restoreIfNeeded(process: number, first: SegmentWrite | undefined, query: Query): Promise<boolean> {
    let segments = this.#processes.get(process);
    if (segments === "none") return true;
    const isKnown = segments !== undefined || process > this.#lastKnown;
    segments ??= new ProcessSegments(process, query, this.#settings);
    if (!isKnown) {
      await this.#removeUntrue(process, query);
      await segments.goOn();
    }
    const isLate = first !== undefined && !segments.isNext(first);
    if (isLate) {
      segments.checkRemovable(first.seq);
      this.#beginBefore(process, first.seq);
      await this.#removeUntrue(process, query);
    }
    if (isLate || !isKnown) await segments.restore();
    this.#processes.set(process, segments);
    return isLate || !isKnown;
  }

  /** A write that is earlier than others which were taken in: those are taken in again behind it, from the file's rows. */
  #beginBefore(process: number, seq: number): void {
    // Until that is done, and if it never is.
    this.#processes.delete(process);
    this.#lastKnown = Math.max(this.#lastKnown, process);
    this.#closed = this.#closed.filter((closed) => closed.process !== process);
    this.#toRemove.set(process, Math.min(seq, this.#toRemove.get(process) ?? seq));
  }

  async #removeUntrue(process: number, query: Query): Promise<void> {
    const since = this.#toRemove.get(process);
    if (since !== undefined) await query(removeSql, [process, BigInt(since)]);
  }

  #closeAll(): void {
    for (const [process, segments] of this.#processes) {
      if (segments === "none") continue;
      segments.builder.closeOpen();
      this.#takeClosed(process, segments);
    }
  }

  #takeIn(process: number, writes: readonly SegmentWrite[]): void {
    const segments = this.#processes.get(process);
    if (segments === undefined || segments === "none") return;
    try {
      for (const write of writes) segments.add(write);
    } catch (error) {
      if (!isAboutWrites(error)) throw error;
      this.#giveUp(process);
    }
    this.#takeClosed(process, segments);
  }

  #takeClosed(process: number, segments: ProcessSegments): void {
    for (const segment of segments.builder.takeClosed()) {
      const { place, bytes } = storedBytes(segment, this.#nextPiece);
      this.takePieces(bytes.length);
      const head = { ...segment, place };
      segments.heads.push(head);
      this.#closed.push({ process, segment, head, bytes });
    }
  }

  async #unlessNone(process: number, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isAboutWrites(error)) throw error;
      this.#giveUp(process);
    }
  }

  #giveUp(process: number): void {
    this.#processes.set(process, "none");
    this.#closed = this.#closed.filter((closed) => closed.process !== process);
    this.#toRemove.set(process, 0);
  }

  async #writeClosed(connection: DuckDBConnection): Promise<void> {
    for (const [process, since] of this.#toRemove) await connection.run(removeSql, [process, BigInt(since)]);
    if (this.#closed.length === 0) return;
    const [heads, pieces] = [newHeadRows(), newPieceRows()];
    for (const { process, head, bytes } of this.#closed) {
      pushHead(heads, process, head);
      pushPieces(pieces, head.place.firstPiece, bytes);
    }
    await heads.appendInto(connection, "segment");
    await pieces.appendInto(connection, "segment_piece");
  }
}

const removeSql = `DELETE FROM segment WHERE process = $1 AND last_seq >= $2`;

/** In Seq order: batches come in another one where a part of them was held back. */
function byProcess(rows: readonly ChangeRow[]): Map<number, readonly SegmentWrite[]> {
  const found = new Map<number, SegmentWrite[]>();
  for (const row of rows) {
    const writes = found.get(row.process);
    if (writes === undefined) found.set(row.process, [segmentWriteOf(row)]);
    else writes.push(segmentWriteOf(row));
  }
  for (const writes of found.values())
    if (writes.some(({ seq }, at) => seq < (writes[at - 1]?.seq ?? 0))) writes.sort((a, b) => a.seq - b.seq);
  return found;
}

/** One shape, written out: an object spread into another costs more than all that is done with it. */
function segmentWriteOf({ seq, instant, after, location, span, change }: ChangeRow): SegmentWrite {
  return { seq, instant, after, location, span, operation: operationOf(change) };
}

function operationOf(change: ChangeRow["change"]): WriteOperation {
  if (change.kind === "small") return change.operation;
  if (change.kind === "scope") return { kind: "scope", scope: nameOfScope(change.scope), value: change.value };
  return change;
}

export const newPieceRows = (): TableBuffer => new TableBuffer([longs(), blobs()]);

export function pushPieces(rows: TableBuffer, firstPiece: number, bytes: Uint8Array): void {
  for (let at = 0, id = firstPiece; at < bytes.length; at += pieceBytes, id++)
    rows.push(BigInt(id), new DuckDBBlobValue(bytes.subarray(at, at + pieceBytes)));
}

export const newHeadRows = (): TableBuffer =>
  new TableBuffer([
    integers(),
    integers(),
    integers(),
    longs(),
    longs(),
    longs(),
    longs(),
    longs(),
    integers(),
    longs(),
    integers(),
    integers(),
    integers(),
  ]);

export function pushHead(rows: TableBuffer, process: number, head: SegmentHead): void {
  const { number, parent, firstSeq, lastSeq, firstInstant, latestInstant, foundAfter, writes, place } = head;
  const { firstPiece, blockBytes, indexBytes, partsBytes } = place;
  rows.push(
    process,
    number,
    parent,
    BigInt(firstSeq),
    BigInt(lastSeq),
    firstInstant,
    latestInstant,
    foundAfter ?? null,
    writes,
    BigInt(firstPiece),
    blockBytes,
    indexBytes,
    partsBytes,
  );
}
