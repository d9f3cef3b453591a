// The columns of a block, each decoded at once: a call for every number of every write took most of the time of a look.
import { type ByteReader, MalformedBytes } from "../../../shared/protocol/bytes.js";
import { furthest } from "./block-format.js";
import { readCount, readCounts, readCountsBelow, readShortSums, readSums, signedFrom } from "./varints.js";

const maxId = 2 ** 32 - 1;
const maxShort = 2 ** 16 - 1;
const maxByte = 2 ** 8 - 1;

/** Numbers, whole and not below zero where there is room for four bytes, two or one each. */
export type Column = Float64Array | ShortColumn;
/** None of them beyond four bytes. */
export type ShortColumn = Uint32Array | Uint16Array | Uint8Array;

/** Where a block of a usual size is decoded before it is known how much room its numbers take. */
const usual = new Float64Array(1 << 14);

const roomFor = (count: number): Float64Array =>
  count <= usual.length ? usual.subarray(0, count) : new Float64Array(count);

/** What is thrown away with a block makes the collector run the sooner the more it is. */
function kept(numbers: Float64Array, most: number): Column {
  if (most <= maxShort) return new Uint16Array(numbers);
  return most <= maxId ? new Uint32Array(numbers) : numbers.slice();
}

/** Room for so many numbers, each of them `most` at most. */
export function roomUpTo(count: number, most: number): ShortColumn {
  if (most <= maxByte) return new Uint8Array(count);
  return most <= maxShort ? new Uint16Array(count) : new Uint32Array(count);
}

/** Ascending, each as it is after the first; undefined where each is one more than that before it. */
export function seqsFrom(
  from: ByteReader,
  count: number,
): { readonly first: number; readonly later: Column | undefined } {
  const first = count === 0 ? 0 : readCount(from);
  if (first + count <= Number.MAX_SAFE_INTEGER && areOnes(from, count - 1)) return { first, later: undefined };
  const seqs = roomFor(count);
  readCounts(from, seqs.subarray(1), Number.MAX_SAFE_INTEGER);
  seqs[0] = 0;
  let seq = 0;
  for (let at = 1; at < count; at++) {
    const step = seqs[at] ?? 0;
    seq += step;
    if (step === 0 || first + seq > Number.MAX_SAFE_INTEGER) throw new MalformedBytes("writes out of order");
    seqs[at] = seq;
  }
  return { first, later: kept(seqs, seq) };
}

function areOnes({ bytes, at, end }: ByteReader, count: number): boolean {
  if (count > end - at) return false;
  for (let next = at; next < at + count; next++) if (bytes[next] !== 1) return false;
  return true;
}

/** Nanoseconds after the first: of each, and the most until then. */
export function offsetsFrom(from: ByteReader, count: number): { readonly offsets: Column; readonly latest: Column } {
  const { at } = from;
  const short = new Uint32Array(count);
  if (readShortSums(from, short)) return { offsets: short, latest: short };
  from.at = at;
  const room = roomFor(count);
  const isAscending = readSums(from, room, furthest);
  const offsets = kept(room, isAscending ? (room[count - 1] ?? 0) : Infinity);
  return { offsets, latest: isAscending ? offsets : latestOf(offsets) };
}

function latestOf(offsets: Column): Float64Array {
  const latest = new Float64Array(offsets.length);
  for (let at = 0, most = 0; at < offsets.length; at++) {
    most = Math.max(most, offsets[at] ?? 0);
    latest[at] = most;
  }
  return latest;
}

/** Most programs' are short, and then they take half of the room. */
export function idsFrom(from: ByteReader, count: number): Uint16Array | Uint32Array {
  const { at } = from;
  const short = new Uint16Array(count);
  if (readCountsBelow(from, short, maxShort + 1) === undefined) return short;
  from.at = at;
  const ids = new Uint32Array(count);
  readCounts(from, ids, maxId + 1);
  return ids;
}

/** Written as steps of either sign. */
export function spansFrom(from: ByteReader, count: number): Uint32Array {
  const steps = new Float64Array(count);
  readCounts(from, steps, Number.MAX_SAFE_INTEGER);
  const spans = new Uint32Array(count);
  for (let at = 0, span = 0; at < count; at++) {
    span += signedFrom(steps[at] ?? 0);
    if (span < 0 || span > maxId) throw new MalformedBytes(`span ${span}`);
    spans[at] = span;
  }
  return spans;
}

/** Where each payload begins, the first at 0, and behind them where the last one ends, which is `end`. */
export function startsFrom(from: ByteReader, count: number, end: number): ShortColumn {
  const starts = roomUpTo(count + 1, end);
  const { bytes } = from;
  let [at, sum] = [from.at, 0];
  for (let index = 1; index <= count; index++) {
    let size = bytes[at++] ?? 0;
    if (size >= 0x80) {
      from.at = at - 1;
      size = readCount(from);
      at = from.at;
    }
    sum += size;
    if (sum > end || at > from.end) throw new MalformedBytes("payloads are cut off");
    starts[index] = sum;
  }
  from.at = at;
  if (sum !== end) throw new MalformedBytes("more than its sections");
  return starts;
}
