// What a process's state was when a selection begins: a base, as it stands in place of evicted segments (`segment-base.ts`),
// with a row of `keyframe` for each object at the Seq of the last write to it. So whoever reads the selection finds the same
// state at every instant, and who wrote last what was written before it.
import type { DuckDBConnection } from "@duckdb/node-api";
import { throwIfCancelled } from "../../shared/base/cancel.js";
import type { Asker } from "../../shared/base/asker.js";
import { MalformedBytes } from "../../shared/protocol/bytes.js";
import { type CapturedValue, objectId } from "../../shared/trace/value.js";
import { contentsFromNode, nodeFromContents } from "../replay/node.js";
import type { LoadedNode } from "../replay/object-graph.js";
import { type IndexEntry, PartsWriter, indexBytes } from "../replay/segments/keyframe.js";
import { KeyframeChain, nodeFrom } from "../replay/segments/keyframe-chain.js";
import { LoadedSegments } from "../replay/segments/loaded-segments.js";
import { OneObject } from "../replay/segments/one-object.js";
import { SegmentHeads } from "../replay/segments/segment-heads.js";
import type { SegmentWrite } from "../replay/segments/segment-write.js";
import { writing } from "./copy-rows.js";
import { contentsToJson } from "./operation-json.js";
import { type Query, queryOn } from "./readers.js";
import { type LastWrite, lastWrites, newKeyframeRows } from "./segment-base.js";
import type { RedactedRows } from "./redacted-rows.js";
import { newHeadRows, newPieceRows, pushHead, pushPieces } from "./segment-rows.js";
import { pieceBytes } from "./segment-tables.js";
import type { ProcessCut } from "./selection-cut.js";
import { fetchFrom, readHeads, storedBytes } from "./stored-segments.js";
import { mostSegmentBytes } from "./unpacking.js";
import { UnreadableStored } from "./value-json.js";
import { readSegmentWrites } from "./writes.js";

const objectsAtOnce = 256;

/** Objects and scopes as they were after a write. */
interface StateBefore {
  readonly loaded: LoadedSegments;
  /** 0 for none: everything is in `writes`. */
  readonly segment: number;
  readonly entries: ReadonlyMap<number, IndexEntry>;
  readonly scopes: ReadonlyMap<number, CapturedValue>;
  /** Behind the segment, by the object they change, in order. */
  readonly writes: ReadonlyMap<number, readonly SegmentWrite[]>;
}

/**
 * Writes the base into the target, and where `hasSegments` a segment of it; answers the id of the first piece that is free.
 * Nothing is written where nothing had been.
 */
export async function writeStateBefore(
  source: DuckDBConnection,
  target: DuckDBConnection,
  { process, after }: ProcessCut,
  {
    firstPiece,
    asker,
    redacted,
  }: { readonly firstPiece: number; readonly asker: Asker; readonly redacted?: RedactedRows | undefined },
): Promise<number> {
  const query = queryOn(source);
  const [first] = await extentOf(query, process, after);
  if (first === undefined) return firstPiece;
  const state = await stateBefore(query, process, after);
  const changed = await lastWrites(source, process, 0, after);
  const [rows, parts, entries] = [newKeyframeRows(), new PartsWriter(), new Array<IndexEntry>()];
  const ids = [...new Set([...state.entries.keys(), ...state.writes.keys()])].sort((a, b) => a - b);
  let [isTooLarge, waiting, partBytes] = [false, 0, 0];
  for (let at = 0; at < ids.length; at += objectsAtOnce) {
    throwIfCancelled(asker.signal);
    for (const [id, loaded] of await nodesOf(state, ids.slice(at, at + objectsAtOnce))) {
      if (redacted?.isHidden(process, id) === true) continue;
      const node = redacted === undefined ? loaded : withoutSecrets(loaded, redacted);
      const last = changed.get(id);
      if (last === undefined) throw new UnreadableStored(`object ${id} was never written`);
      pushRow(rows, process, id, node, last);
      if (isTooLarge) continue;
      const length = parts.add(id, node);
      entries.push({ id, version: 1, until: 1, isWritten: false, length });
      partBytes += length;
      // It could not be read again: the rows say the same.
      isTooLarge = partBytes > mostSegmentBytes;
    }
    waiting += objectsAtOnce;
    if (waiting < 16 * objectsAtOnce) continue;
    await writing(() => rows.appendInto(target, "keyframe"));
    rows.clear();
    waiting = 0;
  }
  await writing(() => rows.appendInto(target, "keyframe"));
  await copyScopes(query, target, process, after, redacted);
  await writing(() => target.run(`INSERT INTO state_hole VALUES ($1, $2, $3, $4, $5)`, [process, ...first]));
  if (isTooLarge) return firstPiece;
  parts.finish();
  const scopes = redacted === undefined ? state.scopes : scopesWithoutSecrets(state.scopes, redacted);
  const keyframe = { scopes, writtenScopes: new Set<number>(), partStarts: parts.starts, entries };
  const { bytes, place } = storedBytes(
    { block: undefined, index: indexBytes(1, keyframe), parts: parts.parts },
    firstPiece,
  );
  if (bytes.length > mostSegmentBytes) return firstPiece;
  const [heads, pieces] = [newHeadRows(), newPieceRows()];
  const [firstSeq, lastSeq, firstInstant, latestInstant] = first;
  const numbers = { number: 1, parent: 0, writes: 0, foundAfter: undefined };
  pushHead(heads, process, {
    ...numbers,
    firstSeq: Number(firstSeq),
    lastSeq: Number(lastSeq),
    firstInstant,
    latestInstant,
    place,
  });
  pushPieces(pieces, firstPiece, bytes);
  await writing(async () => {
    await heads.appendInto(target, "segment");
    await pieces.appendInto(target, "segment_piece");
  });
  return firstPiece + Math.ceil(bytes.length / pieceBytes);
}

type Extent = readonly [firstSeq: bigint, lastSeq: bigint, first: bigint, latest: bigint];

async function extentOf(query: Query, process: number, after: number): Promise<readonly Extent[]> {
  const rows = await query(
    `SELECT count(*) AS writes, min(seq) AS first_seq, max(seq) AS last_seq, arg_min(instant, seq) AS first, max(instant) AS latest
       FROM (SELECT seq, instant FROM write WHERE process = $1 AND seq <= $2
         UNION ALL SELECT seq, instant FROM keyframe WHERE process = $1 AND seq <= $2) HAVING count(*) > 0`,
    [process, BigInt(after)],
  );
  const [lastSeq, first, latest] = [rows.bigints("last_seq"), rows.bigints("first"), rows.bigints("latest")];
  return rows.bigints("first_seq").map((seq, row) => [seq, lastSeq[row] ?? 0n, first[row] ?? 0n, latest[row] ?? 0n]);
}

/** By segments where they can be read, else by all writes. */
async function stateBefore(query: Query, process: number, after: number): Promise<StateBefore> {
  try {
    const heads = (await readHeads(query, process)).filter(({ lastSeq }) => lastSeq <= after);
    return await stateFrom(query, process, after, heads);
  } catch (error) {
    if (!(error instanceof MalformedBytes || error instanceof UnreadableStored)) throw error;
    return stateFrom(query, process, after, []);
  }
}

async function stateFrom(
  query: Query,
  process: number,
  after: number,
  known: Awaited<ReturnType<typeof readHeads>>,
): Promise<StateBefore> {
  const heads = new SegmentHeads();
  for (const head of known) heads.push(head);
  const loaded = new LoadedSegments(
    heads,
    fetchFrom(query, (segment) => heads.get(segment)),
  );
  const segment = heads.last?.number ?? 0;
  const [entries, scopes] = await loaded.look(() => {
    const chain = new KeyframeChain(segment, loaded);
    return [new Map([...chain.entries()].map((entry) => [entry.id, entry])), new Map(chain.scopes())];
  });
  const writes = new Map<number, SegmentWrite[]>();
  for (const write of await readSegmentWrites(query, process, heads.last?.lastSeq ?? 0, after)) {
    const { operation } = write;
    if (operation.kind === "scope") scopes.set(Number(operation.scope), operation.value);
    else {
      const those = writes.get(operation.target);
      if (those === undefined) writes.set(operation.target, [write]);
      else those.push(write);
    }
  }
  return { loaded, segment, entries, scopes: new Map([...scopes].sort(([a], [b]) => a - b)), writes };
}

/** Those that are known: a write to an object that was never told of tells nothing. */
async function nodesOf(
  state: StateBefore,
  ids: readonly number[],
): Promise<readonly (readonly [number, LoadedNode])[]> {
  const { loaded, segment, entries, writes } = state;
  return loaded.look(() =>
    ids.flatMap((number) => {
      const [id, entry, later] = [objectId(number), entries.get(number), writes.get(number)];
      const before = entry === undefined ? undefined : nodeFrom(loaded, id, segment, entry);
      const object = OneObject.shared(id, before);
      for (const { operation, after } of later ?? [])
        if (operation.kind !== "scope") object.applyOperation(operation, after !== undefined);
      const { now } = object;
      return now === undefined ? [] : [[number, now] as const];
    }),
  );
}

/** As it was, and which of its slots were found by comparing. */
function withoutSecrets({ node, found }: LoadedNode, redacted: RedactedRows): LoadedNode {
  return redacted.at("state", () => {
    const given = contentsFromNode(node);
    const contents = redacted.cells.contentsOf(given);
    const slots = found === undefined ? undefined : redacted.cells.found([...found]);
    return {
      node: contents === given ? node : nodeFromContents(contents),
      found: slots === undefined ? undefined : new Set(slots),
    };
  });
}

const scopesWithoutSecrets = (
  scopes: ReadonlyMap<number, CapturedValue>,
  redacted: RedactedRows,
): ReadonlyMap<number, CapturedValue> =>
  new Map([...scopes].map(([id, value]) => [id, redacted.cells.scopedValue(redacted.scopeName(id), value)]));

function pushRow(
  rows: ReturnType<typeof newKeyframeRows>,
  process: number,
  id: number,
  { node, found }: LoadedNode,
  { seq, instant, location, span }: LastWrite,
): void {
  const contents = contentsToJson(contentsFromNode(node), found);
  rows.push(process, seq, instant, null, 0, id, contents, location, span);
}

/** What each stood for last, as it was written. */
async function copyScopes(
  query: Query,
  target: DuckDBConnection,
  process: number,
  after: number,
  redacted: RedactedRows | undefined,
): Promise<void> {
  const stored = await query(
    `SELECT scope, max(seq) AS seq, arg_max(instant, seq) AS instant, arg_max(contents, seq) AS contents,
        arg_max(location, seq) AS location, arg_max(span, seq) AS span
      FROM keyframe WHERE process = $1 AND seq <= $2 AND object = 0 GROUP BY scope ORDER BY scope`,
    [process, BigInt(after)],
  );
  const rows = newKeyframeRows();
  const [seqs, instants, contents] = [stored.bigints("seq"), stored.bigints("instant"), stored.texts("contents")];
  const [locations, spans] = [stored.numbers("location"), stored.numbers("span")];
  stored.numbers("scope").forEach((scope, row) => {
    const [seq, instant] = [seqs[row] ?? 0n, instants[row] ?? 0n];
    const cell = contents[row] ?? "";
    const left = redacted?.at("state", () => redacted.cells.scoped(redacted.scopeName(scope), cell)) ?? cell;
    rows.push(process, seq, instant, null, scope, 0, left, locations[row] ?? 0, spans[row] ?? 0);
  });
  await writing(() => rows.appendInto(target, "keyframe"));
}
