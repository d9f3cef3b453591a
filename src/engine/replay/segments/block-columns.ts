// The columns of a block, each decoded at once: a call for every number of every write took most of the time of a look.
import { type ByteReader, MalformedBytes } from "../../../shared/protocol/bytes.js";
import { furthest } from "./block-format.js";
import { readCounts, readSums, signedFrom } from "./varints.js";

const maxId = 2 ** 32 - 1;
const maxShort = 2 ** 16 - 1;

/** Numbers, whole and not below zero where there is room for four bytes or two each. */
export type Column = Float64Array | Uint32Array | Uint16Array;

/** Where a block of a usual size is decoded before it is known how much room its numbers take. */
const usual = new Float64Array(1 << 14);

const roomFor = (count: number): Float64Array =>
  count <= usual.length ? usual.subarray(0, count) : new Float64Array(count);

/** What is thrown away with a block makes the collector run the sooner the more it is. */
function kept(numbers: Float64Array, most: number): Column {
  if (most <= maxShort) return new Uint16Array(numbers);
  return most <= maxId ? new Uint32Array(numbers) : numbers.slice();
}

/** Room for so many indexes, each below `limit`. */
export const indexesFor = (count: number, limit: number): Uint16Array | Uint32Array =>
  limit <= maxShort + 1 ? new Uint16Array(count) : new Uint32Array(count);

/** Ascending, each as it is after the first. */
export function seqsFrom(from: ByteReader, count: number): { readonly first: number; readonly later: Column } {
  const seqs = roomFor(count);
  readCounts(from, seqs, Number.MAX_SAFE_INTEGER);
  const first = seqs[0] ?? 0;
  let seq = 0;
  for (let at = 0; at < count; at++) {
    const step = at === 0 ? 0 : (seqs[at] ?? 0);
    seq += step;
    if ((step === 0 && at > 0) || first + seq > Number.MAX_SAFE_INTEGER)
      throw new MalformedBytes("writes out of order");
    seqs[at] = seq;
  }
  return { first, later: kept(seqs, seq) };
}

/** Nanoseconds after the first: of each, and the most until then. */
export function offsetsFrom(from: ByteReader, count: number): { readonly offsets: Column; readonly latest: Column } {
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

export function idsFrom(from: ByteReader, count: number): Uint32Array {
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

/** Where each payload begins, the first at `start`, and behind them where the last one ends, which is `end`. */
export function startsFrom(from: ByteReader, count: number, start: number, end: number): Uint32Array {
  const starts = new Uint32Array(count + 1);
  readCounts(from, starts.subarray(1), end + 1);
  starts[0] = start;
  for (let at = 1, sum = start; at <= count; at++) {
    sum += starts[at] ?? 0;
    if (sum > end) throw new MalformedBytes("payloads are cut off");
    starts[at] = sum;
  }
  if (starts[count] !== end) throw new MalformedBytes("more than its sections");
  return starts;
}
