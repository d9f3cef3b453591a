// What stands in the place of a run of evicted segments of one process: a base, which is a segment without writes whose
// keyframe knows what every object held at the run's end; and rows of `keyframe` that say the same of the objects that the
// run wrote to, each at the Seq of the last write to it. So whoever folds rows finds the same state after the run.
import type { DuckDBConnection } from "@duckdb/node-api";
import { indexBytes, type IndexEntry, PartsWriter } from "../replay/segments/keyframe.js";
import { KeyframeChain, nodeFrom } from "../replay/segments/keyframe-chain.js";
import type { LoadedSegments } from "../replay/segments/loaded-segments.js";
import { type SegmentHead, isBase } from "../replay/segments/segment-heads.js";
import { contentsFromNode } from "../replay/node.js";
import type { LoadedNode } from "../replay/object-graph.js";
import { objectId } from "../../shared/trace/value.js";
import { integers, longs, texts } from "./column-buffers.js";
import { contentsToJson } from "./operation-json.js";
import type { ProcessSegments } from "./process-segments.js";
import { queryOn } from "./readers.js";
import { type SegmentRows, newHeadRows, newPieceRows, pushHead, pushPieces } from "./segment-rows.js";
import { pieceBytes } from "./segment-tables.js";
import { storedBytes } from "./stored-segments.js";
import { TableBuffer } from "./table-buffer.js";

/** Segments one after the other, of which the last is where the base will be. */
export interface SegmentRun {
  readonly heads: readonly SegmentHead[];
  /** The latest instant of all writes up to the first of its writes, and up to its end. */
  readonly first: bigint;
  readonly last: bigint;
}

/** Pieces that nothing refers to any more, and writes that are not read any more. */
export interface Leftovers {
  readonly pieces: readonly { readonly first: number; readonly count: number }[];
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** Objects looked at before somebody else may have a turn. */
const objectsAtOnce = 256;
/** State takes so many times the room that it takes packed, at most, or is not worth the try. */
const mostPacked = 4;

export interface LastWrite {
  readonly seq: bigint;
  readonly instant: bigint;
  readonly location: number;
  readonly span: number;
}

const lastWritesSql = `SELECT object, max(seq) AS seq, arg_max(instant, seq) AS instant, arg_max(location, seq) AS location,
    arg_max(span, seq) AS span
  FROM (SELECT object, seq, instant, location, span FROM write WHERE process = $1 AND seq >= $2 AND seq <= $3
    UNION ALL SELECT object, seq, instant, location, span FROM keyframe
      WHERE process = $1 AND seq >= $2 AND seq <= $3 AND object > 0)
  GROUP BY object`;

export const newKeyframeRows = (): TableBuffer =>
  new TableBuffer([integers(), longs(), longs(), longs(), integers(), integers(), texts(), integers(), integers()]);

export class SegmentBase {
  readonly #process: number;
  readonly #run: SegmentRun;
  readonly #parts = new PartsWriter();
  readonly #entries: IndexEntry[] = [];
  readonly #rows = newKeyframeRows();
  #changed: ReadonlyMap<number, LastWrite> = new Map();

  #stored: ReturnType<typeof storedBytes> | undefined;
  #partBytes = 0;
  #isTooLarge = false;

  constructor(
    process: number,
    run: SegmentRun,
    readonly mostBytes: number,
  ) {
    this.#process = process;
    this.#run = run;
  }

  /** What was prepared could not be read again: it must not be written. */
  get isTooLarge(): boolean {
    return this.#isTooLarge;
  }

  get #firstSeq(): number {
    return this.#run.heads[0]?.firstSeq ?? 0;
  }

  get #end(): SegmentHead {
    const end = this.#run.heads.at(-1);
    if (end === undefined) throw new Error("a run of no segments");
    return end;
  }

  /** Takes what objects held at the run's end, in pieces; the file stays as it is. */
  async *prepare(connection: DuckDBConnection, segments: ProcessSegments): AsyncGenerator<undefined> {
    const [first] = this.#run.heads;
    // What a base knew already is said again only where something was written since.
    const since = first !== undefined && isBase(first) ? first.lastSeq + 1 : this.#firstSeq;
    this.#changed = await lastWrites(connection, this.#process, since, this.#end.lastSeq);
    const { loaded } = segments;
    const { number } = this.#end;
    const entries = await loaded.look(() => [...new KeyframeChain(number, loaded).entries()]);
    entries.sort((a, b) => a.id - b.id);
    for (let at = 0; at < entries.length; at += objectsAtOnce) {
      const some = entries.slice(at, at + objectsAtOnce);
      for (const [id, node] of await nodesOf(loaded, number, some)) this.#add(id, node);
      // However well it packs, it would take as much memory.
      this.#isTooLarge = this.#partBytes > mostPacked * this.mostBytes;
      if (this.#isTooLarge) return;
      yield;
    }
    this.#parts.finish();
    const scopes = await loaded.look(() => new KeyframeChain(number, loaded).scopes());
    const { starts: partStarts, parts } = this.#parts;
    const index = indexBytes(number, { scopes, writtenScopes: new Set(), partStarts, entries: this.#entries });
    this.#stored = storedBytes({ block: undefined, index, parts }, 0);
    this.#isTooLarge = Math.max(index.length, this.#stored.bytes.length) > this.mostBytes;
  }

  #add(id: number, loaded: LoadedNode): void {
    const { number } = this.#end;
    const length = this.#parts.add(id, loaded);
    this.#partBytes += length;
    this.#entries.push({ id, version: number, until: number, isWritten: false, length });
    const last = this.#changed.get(id);
    if (last === undefined) return;
    const contents = contentsToJson(contentsFromNode(loaded.node), loaded.found);
    this.#rows.push(this.#process, last.seq, last.instant, null, 0, id, contents, last.location, last.span);
  }

  /** Within a transaction of the caller's. What it leaves over is removed afterwards, and harms nobody until then. */
  async write(connection: DuckDBConnection, into: SegmentRows): Promise<Leftovers> {
    const { heads, first, last } = this.#run;
    const [process, end, firstSeq] = [this.#process, this.#end, this.#firstSeq];
    const values = [process, BigInt(firstSeq), BigInt(end.lastSeq)];
    const within = `process = $1 AND seq >= $2 AND seq <= $3`;
    await connection.run(`CREATE OR REPLACE TEMP TABLE evicted_object AS SELECT unnest($1::UINTEGER[]) AS object`, [
      `[${[...this.#changed.keys()].join(",")}]`,
    ]);
    await connection.run(
      `DELETE FROM keyframe WHERE ${within} AND object > 0 AND object IN (SELECT object FROM evicted_object)`,
      values,
    );
    await connection.run(
      `DELETE FROM keyframe WHERE ${within} AND object = 0 AND seq NOT IN
         (SELECT max(seq) FROM keyframe WHERE ${within} AND object = 0 GROUP BY scope)`,
      values,
    );
    await this.#rows.appendInto(connection, "keyframe");
    if (this.#stored === undefined || this.#isTooLarge) throw new Error("a base that was not prepared");
    const { bytes } = this.#stored;
    const place = { ...this.#stored.place, firstPiece: into.nextPiece };
    into.takePieces(bytes.length);
    await connection.run(`DELETE FROM segment WHERE process = $1 AND number >= $2 AND number <= $3`, [
      process,
      heads[0]?.number ?? 0,
      end.number,
    ]);
    const [headRows, pieces] = [newHeadRows(), newPieceRows()];
    const times = { firstInstant: first, latestInstant: last, foundAfter: undefined };
    pushHead(headRows, process, { ...end, ...times, parent: 0, firstSeq, writes: 0, place });
    pushPieces(pieces, place.firstPiece, bytes);
    await headRows.appendInto(connection, "segment");
    await pieces.appendInto(connection, "segment_piece");
    await connection.run(`DELETE FROM state_hole WHERE process = $1 AND first_seq >= $2 AND last_seq <= $3`, values);
    await connection.run(`INSERT INTO state_hole VALUES ($1, $2, $3, $4, $5)`, [...values, first, last]);
    const left = heads.map((head) => ({ first: head.place.firstPiece, count: piecesOf(head) }));
    return { pieces: left, firstSeq, lastSeq: end.lastSeq };
  }
}

const piecesOf = ({ place: { blockBytes, indexBytes: index, partsBytes } }: SegmentHead): number =>
  Math.ceil((blockBytes + index + partsBytes) / pieceBytes);

const nodesOf = (
  loaded: LoadedSegments,
  segment: number,
  entries: readonly IndexEntry[],
): Promise<(readonly [number, LoadedNode])[]> =>
  loaded.look(() => entries.map((entry) => [entry.id, nodeFrom(loaded, objectId(entry.id), segment, entry)] as const));

export async function lastWrites(
  connection: DuckDBConnection,
  process: number,
  since: number,
  until: number,
): Promise<ReadonlyMap<number, LastWrite>> {
  const rows = await queryOn(connection)(lastWritesSql, [process, BigInt(since), BigInt(until)]);
  const [seqs, instants] = [rows.bigints("seq"), rows.bigints("instant")];
  const [locations, spans] = [rows.numbers("location"), rows.numbers("span")];
  return new Map(
    rows
      .numbers("object")
      .map((object, row) => [
        object,
        { seq: seqs[row] ?? 0n, instant: instants[row] ?? 0n, location: locations[row] ?? 0, span: spans[row] ?? 0 },
      ]),
  );
}
