// Makes segments of the writes of each commit, and writes those that are closed within it. What has been taken in stays so
// when the commit fails: its rows come again first, and are passed over.
// Whatever is wrong with a process's writes is no reason not to record them: such a process has no segments any more, and
// its state is put together from its rows.
import { DuckDBBlobValue, type DuckDBConnection } from "@duckdb/node-api";
import { MalformedBytes } from "../../shared/protocol/bytes.js";
import {
  type ClosedSegment,
  SegmentBuilder,
  type SegmentSettings,
  segmentSettings,
} from "../replay/segments/builder.js";
import { KeyframeChain, nodeFrom } from "../replay/segments/keyframe-chain.js";
import { LoadedSegments, type SegmentHead } from "../replay/segments/loaded-segments.js";
import { type SegmentWrite, nameOfScope } from "../replay/segments/segment-write.js";
import { objectId } from "../../shared/trace/value.js";
import { blobs, integers, longs } from "./column-buffers.js";
import type { DerivedRows } from "./derived-rows.js";
import { type Query, queryOn } from "./readers.js";
import type { ChangeRow } from "./recording-rows.js";
import { pieceBytes } from "./segment-tables.js";
import { fetchFrom, readHeads, storedBytes } from "./stored-segments.js";
import { UnreadableStored } from "./value-json.js";
import { TableBuffer } from "./table-buffer.js";
import type { WaitingRows } from "./waiting-rows.js";
import { readSegmentWrites } from "./writes.js";

/** More writes than this that no segment has: the process has no segments, for whatever reason. */
const mostOpen = 65_536;

/** Why a process can have none. */
class NoSegments extends Error {}

class ProcessSegments {
  heads: SegmentHead[] = [];
  readonly loaded: LoadedSegments;
  #query: Query;
  builder: SegmentBuilder;

  constructor(
    readonly process: number,
    query: Query,
    readonly settings: SegmentSettings,
  ) {
    this.#query = query;
    this.builder = new SegmentBuilder(settings);
    const head = (segment: number): SegmentHead | undefined => this.heads[segment - 1];
    this.loaded = new LoadedSegments(
      head,
      fetchFrom((sql, values) => this.#query(sql, values), head),
    );
  }

  /** As the file has them, and with the writes before `before` that no segment has. */
  async restore(before: number): Promise<void> {
    this.heads = [...(await readHeads(this.#query, this.process, []))];
    const last = this.heads.at(-1);
    if (last !== undefined) {
      const { number, lastSeq } = last;
      this.builder = await this.loaded.look(() => {
        const chain = new KeyframeChain(number, this.loaded);
        return SegmentBuilder.restore(
          { number, lastSeq, entries: chain.entries(), scopes: chain.scopes() },
          this.settings,
        );
      });
    }
    const open = [...(await readSegmentWrites(this.#query, this.process, last?.lastSeq ?? 0, before))];
    if (open.length > mostOpen) throw new NoSegments();
    await this.prepare(open);
    for (const write of open) this.add(write);
  }

  /** Loads what the writes change. */
  async prepare(writes: readonly SegmentWrite[]): Promise<void> {
    const targets = new Set<number>();
    for (const { operation } of writes)
      if (operation.kind !== "scope" && this.builder.whereIs(operation.target) !== undefined)
        targets.add(operation.target);
    for (const target of targets) {
      const where = this.builder.whereIs(target);
      if (where === undefined) continue;
      this.builder.load(target, await this.loaded.look(() => nodeFrom(this.loaded, objectId(target), where)));
    }
  }

  /** What it loads was prepared. */
  add(write: SegmentWrite): void {
    if (write.seq <= this.builder.lastSeq) throw new NoSegments();
    this.builder.add(write);
  }
}

export class SegmentRows implements DerivedRows {
  readonly #settings: SegmentSettings;
  readonly #processes = new Map<number, ProcessSegments | "none">();
  /** Processes that the file had when this began. */
  readonly #lastKnown: number;
  #nextPiece: number;
  /** Of the rows of the next commit, how many were taken in for one that failed. */
  #taken = 0;
  #closed: {
    readonly process: number;
    readonly segment: ClosedSegment;
    readonly head: SegmentHead;
    readonly bytes: Uint8Array;
  }[] = [];
  readonly #toRemove = new Set<number>();

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
    for (const [process, writes] of fresh) await this.#prepare(process, writes, queryOn(connection));
    for (const [process, writes] of fresh) this.#takeIn(process, writes);
    this.#taken = rows.changes.length;
    await this.#writeClosed(connection);
  }

  committed(): void {
    this.#taken = 0;
    this.#toRemove.clear();
    if (this.#closed.length === 0) return;
    this.#closed = [];
    for (const segments of this.#processes.values()) if (segments !== "none") segments.builder.makeRoom();
  }

  forget(): void {
    // What was taken in comes first in the rows of the next commit.
  }

  async #prepare(process: number, writes: readonly SegmentWrite[], query: Query): Promise<void> {
    await this.#unlessNone(process, async () => {
      let segments = this.#processes.get(process);
      if (segments === "none") return;
      if (segments === undefined) {
        segments = new ProcessSegments(process, query, this.#settings);
        if (process <= this.#lastKnown) await segments.restore(writes[0]?.seq ?? 0);
        this.#processes.set(process, segments);
      }
      await segments.prepare(writes);
    });
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
    for (const segment of segments.builder.takeClosed()) {
      const { place, bytes } = storedBytes(segment, this.#nextPiece);
      this.#nextPiece += Math.ceil(bytes.length / pieceBytes);
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
    this.#toRemove.add(process);
  }

  async #writeClosed(connection: DuckDBConnection): Promise<void> {
    for (const process of this.#toRemove) await connection.run(`DELETE FROM segment WHERE process = $1`, [process]);
    if (this.#closed.length === 0) return;
    const [heads, pieces] = [newHeadRows(), newPieceRows()];
    for (const { process, head, bytes } of this.#closed) {
      pushHead(heads, process, head);
      for (let at = 0, id = head.place.firstPiece; at < bytes.length; at += pieceBytes, id++)
        pieces.push(BigInt(id), new DuckDBBlobValue(bytes.subarray(at, at + pieceBytes)));
    }
    await heads.appendInto(connection, "segment");
    await pieces.appendInto(connection, "segment_piece");
  }
}

const isAboutWrites = (error: unknown): boolean =>
  error instanceof NoSegments || error instanceof MalformedBytes || error instanceof UnreadableStored;

function byProcess(rows: readonly ChangeRow[]): ReadonlyMap<number, SegmentWrite[]> {
  const found = new Map<number, SegmentWrite[]>();
  for (const row of rows) {
    const writes = found.get(row.process);
    if (writes === undefined) found.set(row.process, [segmentWriteOf(row)]);
    else writes.push(segmentWriteOf(row));
  }
  return found;
}

function segmentWriteOf({ seq, instant, after, location, span, change }: ChangeRow): SegmentWrite {
  const head = { seq, instant, after, location, span };
  if (change.kind === "small") return { ...head, operation: change.operation };
  if (change.kind === "scope")
    return { ...head, operation: { kind: "scope", scope: nameOfScope(change.scope), value: change.value } };
  return { ...head, operation: change };
}

const newPieceRows = (): TableBuffer => new TableBuffer([longs(), blobs()]);

const newHeadRows = (): TableBuffer =>
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

function pushHead(rows: TableBuffer, process: number, head: SegmentHead): void {
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
