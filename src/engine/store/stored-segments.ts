// Segments as the file holds them: their heads, and of each, one after the other, its block, the index of its keyframe, and
// the keyframe's parts, each deflated by itself. Before the index stands how long each part is.
import { deflateSync } from "node:zlib";
import { ByteReader, ByteWriter, MalformedBytes } from "../../shared/protocol/bytes.js";
import type { ClosedSegment } from "../replay/segments/builder.js";
import type { BlobName } from "../replay/segments/keyframe-chain.js";
import type { FetchBlobs, FetchedBlob } from "../replay/segments/loaded-segments.js";
import { type SegmentHead, type SegmentPlace, isBase } from "../replay/segments/segment-heads.js";
import { readCount, readLength, writeCount } from "../replay/segments/varints.js";
import type { Places } from "../replay/segments/segment-write.js";
import type { ProcessId } from "../../shared/trace/time.js";
import type { StoredWrites } from "./writes.js";
import { type Query, queryFor } from "./readers.js";
import { PieceMemory, type Range } from "./piece-memory.js";
import { type Run, piecesOf, readPieces } from "./piece-runs.js";
import { pieceBytes } from "./segment-tables.js";
import type { Rows } from "./rows.js";
import { Unpacking, mostSegmentBytes } from "./unpacking.js";
import { UnreadableStored } from "./value-json.js";

/** A head is kept in memory: some twenty gigabytes of writes have so many. */
const mostSegments = 200_000;
/** Of a keyframe that is fetched whole whenever something of it is. */
const wholeBytes = 256 * 1024;
/** Segments as who reconstructs state asks for them. */
export class StoredSegments {
  readonly #writes: Pick<StoredWrites, "places">;
  readonly #memory = new PieceMemory();

  constructor(
    readonly query: Query,
    writes: Pick<StoredWrites, "places">,
  ) {
    this.#writes = writes;
  }

  places(process: ProcessId, spans: readonly number[], lastLocation: number): Promise<Places> {
    return this.#writes.places(process, spans, lastLocation);
  }

  /** Those after the `known` ones, or undefined when these are none any more. Throws `UnreadableStored`. */
  async heads(process: number, known: readonly SegmentHead[]): Promise<readonly SegmentHead[] | undefined> {
    if (!(await this.#areStill(process, known))) return undefined;
    const heads = await readHeads(this.query, process, known.at(-1));
    await this.#checkAgainstRows(process, known.at(-1)?.lastSeq ?? 0, heads);
    return heads;
  }

  /** What is read is of one moment, and all that is known is checked to be of it, too. Throws `UnreadableStored`. */
  async headsSince(process: number, known: readonly SegmentHead[]): Promise<readonly SegmentHead[] | undefined> {
    const last = known.at(-1);
    const rows = await this.query(newHeadsSql, [process, last?.number ?? 0]);
    return rows.length > 0 && !areOf(rows, known) ? undefined : headsFrom(rows, last);
  }

  /** Pieces are numbered once: where a base was put in place of segments, it begins with another one. */
  async #areStill(process: number, known: readonly SegmentHead[]): Promise<boolean> {
    const rows = await this.query(
      `SELECT count(*) AS count, coalesce(sum(first_piece), 0)::BIGINT AS pieces FROM segment
         WHERE process = $1 AND number <= $2`,
      [process, known.at(-1)?.number ?? 0],
    );
    return areOf(rows, known);
  }

  /** Somebody may have changed the rows and left the segments, or the other way round: then neither is to be believed. */
  async #checkAgainstRows(process: number, after: number, heads: readonly SegmentHead[]): Promise<void> {
    const last = heads.at(-1);
    if (last === undefined) return;
    const kept = heads
      .filter(isBase)
      .map(({ firstSeq, lastSeq }) => `AND NOT (seq >= ${firstSeq} AND seq <= ${lastSeq})`)
      .join(" ");
    const counted = await this.query(rowsSql(kept), [process, BigInt(after), BigInt(last.lastSeq)]);
    const rows = counted.numbers("rows")[0];
    const writes = heads.reduce((total, head) => total + head.writes, 0);
    if (rows !== writes) throw new UnreadableStored(`segments of ${writes} writes, of which there are ${rows}`);
  }

  fetch(heads: (segment: number) => SegmentHead | undefined): FetchBlobs {
    return fetchFrom(this.query, heads, this.#memory);
  }

  /** Before anybody looks: a little of what looks will need. Called `PieceMemory.most` times it has read all that there is room for. */
  readAhead(query: Query): Promise<void> {
    return this.#memory.readMore(query);
  }

  /** By id. */
  async scopeNames(process: number): Promise<ReadonlyMap<number, string>> {
    const rows = await this.query(`SELECT id, name FROM scope WHERE process = $1`, [process]);
    const names = rows.texts("name");
    return new Map(rows.numbers("id").map((id, row) => [id, names[row] ?? ""]));
  }
}

const rowsSql = (which: string): string => `SELECT
  (SELECT count(*) FROM write WHERE process = $1 AND seq > $2 AND seq <= $3 ${which})
  + (SELECT count(*) FROM keyframe WHERE process = $1 AND seq > $2 AND seq <= $3 ${which}) AS rows`;

function areOf(rows: Rows, known: readonly SegmentHead[]): boolean {
  const pieces = known.reduce((total, { place }) => total + BigInt(place.firstPiece), 0n);
  return rows.numbers("count")[0] === known.length && rows.bigints("pieces")[0] === pieces;
}

const headsSql = `SELECT number, parent, first_seq, last_seq, first_instant, latest_instant, found_after, writes,
  first_piece, block_bytes, index_bytes, parts_bytes FROM segment WHERE process = $1 AND number > $2 ORDER BY number`;

const newHeadsSql = `SELECT h.*, k.count, k.pieces FROM (${headsSql}) AS h, (SELECT count(*) AS count,
  coalesce(sum(first_piece), 0)::BIGINT AS pieces FROM segment WHERE process = $1 AND number <= $2) AS k ORDER BY h.number`;

/** Heads of one process's segments after `last`. Throws `UnreadableStored`. */
export async function readHeads(query: Query, process: number, last?: SegmentHead): Promise<readonly SegmentHead[]> {
  return headsFrom(await query(headsSql, [process, last?.number ?? 0]), last);
}

function headsFrom(rows: Rows, last: SegmentHead | undefined): readonly SegmentHead[] {
  if (rows.length === 0) return [];
  if (rows.length > mostSegments) throw new UnreadableStored(`${rows.length} segments`);
  const numbers = (name: string): number[] => rows.numbers(name);
  const [number, parent, firstSeq, lastSeq] = ["number", "parent", "first_seq", "last_seq"].map(numbers);
  const [writes, firstPiece, blockBytes] = ["writes", "first_piece", "block_bytes"].map(numbers);
  const [indexBytes, partsBytes] = ["index_bytes", "parts_bytes"].map(numbers);
  const [firstInstant, latestInstant] = [rows.bigints("first_instant"), rows.bigints("latest_instant")];
  const foundAfter = rows.optionalBigints("found_after");
  const heads: SegmentHead[] = [];
  let before = last;
  for (let row = 0; row < rows.length; row++) {
    const head: SegmentHead = {
      number: number?.[row] ?? 0,
      parent: parent?.[row] ?? 0,
      firstSeq: firstSeq?.[row] ?? 0,
      lastSeq: lastSeq?.[row] ?? 0,
      firstInstant: firstInstant[row] ?? 0n,
      latestInstant: latestInstant[row] ?? 0n,
      foundAfter: foundAfter[row],
      writes: writes?.[row] ?? 0,
      place: {
        firstPiece: firstPiece?.[row] ?? 0,
        blockBytes: blockBytes?.[row] ?? 0,
        indexBytes: indexBytes?.[row] ?? 0,
        partsBytes: partsBytes?.[row] ?? 0,
      },
    };
    checkHead(head, before);
    heads.push(head);
    before = head;
  }
  return heads;
}

function checkHead(head: SegmentHead, before: SegmentHead | undefined): void {
  const { number, parent, firstSeq, lastSeq, writes, place } = head;
  const next = (before?.number ?? 0) + 1;
  const isInPlace = isBase(head) ? number >= next && parent === 0 : number === next && parent < number;
  const follows = isInPlace && firstSeq > (before?.lastSeq ?? 0) && lastSeq >= firstSeq;
  const holds = writes >= 0 && writes <= lastSeq - firstSeq + 1 && head.latestInstant >= head.firstInstant;
  const { firstPiece, blockBytes, indexBytes, partsBytes } = place;
  const hasBlock = isBase(head) ? blockBytes === 0 : blockBytes > 0;
  const isSomewhere = firstPiece >= 0 && hasBlock && indexBytes > 0 && partsBytes >= 0;
  if (!follows || !holds || !isSomewhere || blockBytes + indexBytes + partsBytes > mostSegmentBytes)
    throw new UnreadableStored(`segment ${number}`);
}

/** Bytes to be written, and where in them is what; `firstPiece` is the id of the first. A base has no block. */
export function storedBytes(
  segment: Pick<ClosedSegment, "index" | "parts"> & { readonly block: Uint8Array | undefined },
  firstPiece: number,
): { place: SegmentPlace; bytes: Uint8Array } {
  const block = segment.block === undefined ? new Uint8Array() : deflated(segment.block);
  const parts = segment.parts.map(deflated);
  const index = new ByteWriter();
  writeCount(index, parts.length);
  for (const part of parts) writeCount(index, part.length);
  index.raw(deflated(segment.index));
  const bytes = Buffer.concat([block, index.bytes.subarray(0, index.at), ...parts]);
  const partsBytes = bytes.length - block.length - index.at;
  return { place: { firstPiece, blockBytes: block.length, indexBytes: index.at, partsBytes }, bytes };
}

const deflated = (bytes: Uint8Array): Uint8Array => deflateSync(bytes, { level: 1 });

/** Where the parts of a keyframe are, in bytes after its index. */
type PartRanges = readonly Range[];

/** `heads` gives those of all segments that are asked for. */
export function fetchFrom(
  query: Query,
  heads: (segment: number) => SegmentHead | undefined,
  memory = new PieceMemory(),
): FetchBlobs {
  const partRanges = new Map<number, PartRanges>();
  const unpacking = new Unpacking();
  return async (names, asker) => {
    const placeOf = (segment: number): SegmentPlace => {
      const place = heads(segment)?.place;
      if (place === undefined) throw new MalformedBytes(`no segment ${segment}`);
      return place;
    };
    const wanted = names.map((name) => ({ name, ...rangeOf(name, placeOf(name.segment), partRanges) }));
    const read = await readPieces(asker === undefined ? query : queryFor(query, asker), wanted, memory);
    const fetched: FetchedBlob[] = [];
    for (const { name, from, to } of wanted) {
      if (name.kind === "block" || name.kind === "part")
        fetched.push(unpacking.blob(name, piecesOf(read, { from, to })));
      else
        fetched.push(...keyframeFrom(name.segment, read, { from, to }, placeOf(name.segment), partRanges, unpacking));
    }
    return fetched;
  };
}

/** Bytes from the beginning of all pieces. A small keyframe is read with its index. */
function rangeOf(name: BlobName, place: SegmentPlace, partRanges: ReadonlyMap<number, PartRanges>): Range {
  const start = place.firstPiece * pieceBytes;
  const index = start + place.blockBytes;
  const parts = index + place.indexBytes;
  switch (name.kind) {
    case "block":
      return { from: start, to: index };
    case "index":
      return { from: index, to: parts };
    case "keyframe":
      return { from: index, to: place.partsBytes <= wholeBytes ? parts + place.partsBytes : parts };
    case "part": {
      const range = partRanges.get(name.segment)?.[name.part];
      if (range === undefined) throw new MalformedBytes(`no part ${name.part}`);
      return { from: parts + range.from, to: parts + range.to };
    }
  }
}

/** The index, and the parts where they came along: each by itself, as they stay for different times. */
function keyframeFrom(
  segment: number,
  read: readonly Run[],
  { from, to }: Range,
  { indexBytes, partsBytes }: SegmentPlace,
  partRanges: Map<number, PartRanges>,
  unpacking: Unpacking,
): FetchedBlob[] {
  const bytes = Buffer.concat(piecesOf(read, { from, to: from + indexBytes }));
  const head = new ByteReader(bytes);
  const ranges: Range[] = [];
  let at = 0;
  for (let left = readLength(head); left > 0; left--) {
    const length = readCount(head);
    ranges.push({ from: at, to: at + length });
    at += length;
  }
  if (at !== partsBytes) throw new MalformedBytes("parts are not as long as their segment says");
  partRanges.set(segment, ranges);
  const index = unpacking.blob({ kind: "index", segment }, [bytes.subarray(head.at)]);
  const first = from + indexBytes;
  if (to === first) return [index];
  const parts = ranges.map((range, part): FetchedBlob => {
    const packed = piecesOf(read, { from: first + range.from, to: first + range.to });
    return unpacking.blob({ kind: "part", segment, part }, packed);
  });
  return [index, ...parts];
}
