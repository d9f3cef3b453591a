// Going through the segments of one process, one after the other: only those are fetched that something may be found in.
import { nobody, tellPart } from "../shared/base/asker.js";
import type { Instant, Seq } from "../shared/trace/time.js";
import type { RecordedWrite } from "../shared/trace/write.js";
import type { Writes } from "./replay/segments/block.js";
import type { BlobName } from "./replay/segments/keyframe-chain.js";
import type { SegmentedProcess } from "./segmented-process.js";

/** Of segments that are likely to be passed over. */
const indexesAhead = 32;

/** Every write behind a Seq, in order, a segment at a time: no more than that is in memory at once. */
export async function* writesAfter(
  process: SegmentedProcess,
  after: Seq,
  asker = nobody,
): AsyncIterable<{ readonly writes: Writes; readonly from: number }> {
  const start = await process.locate({ seq: after }, asker);
  const last = process.openNumber;
  for (let { segment } = start; ; segment = process.heads.next(segment)) {
    const at = segment;
    tellPart(asker, process.part(at));
    const writes = await process.look(() => process.writesOf(at), process.blockOf(at), asker);
    yield { writes, from: segment === start.segment ? start.count : 0 };
    if (segment >= last) break;
  }
}

/**
 * The next segment from there that may have written to what a scope sees, or to the scope; also a base: what was seen
 * before it is not what is seen after it. 0, or the open writes' number, where there is none.
 */
export async function nextWriting(
  process: SegmentedProcess,
  from: number,
  step: 1 | -1,
  seen: ReadonlySet<number>,
  scope: string | undefined,
  asker = nobody,
): Promise<number> {
  const ids = process.scopeIds(scope);
  const isWriting = (segment: number): boolean => {
    if (segment >= process.openNumber || process.isBase(segment)) return true;
    const index = process.indexOf(segment);
    for (const id of index.writtenScopes) if (scope === undefined || ids.has(id)) return true;
    return index.hasWritten(seen);
  };
  const following = (segment: number): number => {
    const { heads } = process;
    return step < 0 ? heads.previous(segment) : segment === 0 ? heads.firstNumber : heads.next(segment);
  };
  let segment = following(from);
  for (; segment > 0; segment = following(segment)) {
    const at = segment;
    const ahead = at % indexesAhead === 0 ? indexesFrom(process, at, step) : [];
    if (await process.look(() => isWriting(at), ahead, asker)) break;
    tellPart(asker, step > 0 ? process.part(at) : process.partBackwards(at));
  }
  return segment;
}

function indexesFrom({ heads }: SegmentedProcess, segment: number, step: 1 | -1): readonly BlobName[] {
  const names: BlobName[] = [];
  for (let at = 0; at < indexesAhead; at++) {
    const number = segment + at * step;
    if (heads.get(number) !== undefined) names.push({ kind: "index", segment: number });
  }
  return names;
}

export type Found = Pick<RecordedWrite, "certainty" | "operation">;

/** Writes after `at`, and not later than `until`, that were found by comparing and may have happened by `at`. */
export async function foundLater(
  process: SegmentedProcess,
  at: Instant,
  until: Instant,
  asker = nobody,
): Promise<Found[]> {
  if (!process.hasFound) return [];
  const after = await process.locate({ instant: at }, asker);
  const last = await process.locate({ instant: until }, asker);
  const found: Found[] = [];
  for (let { segment } = after; segment <= last.segment; segment = process.heads.next(segment)) {
    const head = process.heads.get(segment);
    const isEnd = segment === process.openNumber;
    if (head !== undefined && (head.foundAfter === undefined || head.foundAfter >= at)) continue;
    const [from, to] = [segment === after.segment ? after.count : 0, segment === last.segment ? last.count : Infinity];
    const here = await process.look(() => foundIn(process.writesOf(segment), from, to), [], asker);
    found.push(...here);
    if (isEnd) break;
  }
  return found;
}

/** From `from` on and before `to`. */
const foundIn = (writes: Writes, from: number, to: number): Found[] =>
  [...writes.foundPositions()]
    .filter((position) => position >= from && position < to)
    .map((position) => ({ certainty: writes.certaintyAt(position), operation: writes.operationAt(position) }));
