// The columns of a block, each decoded at once: a call for every number of every write took most of the time of a look.
import { type ByteReader, MalformedBytes } from "../../../shared/protocol/bytes.js";
import { furthest } from "./block-format.js";
import { readCounts, readSums, signedFrom } from "./varints.js";

const maxId = 2 ** 32 - 1;

/** Ascending. */
export function seqsFrom(from: ByteReader, count: number): Float64Array {
  const seqs = new Float64Array(count);
  readCounts(from, seqs, Number.MAX_SAFE_INTEGER);
  for (let at = 0, seq = 0; at < count; at++) {
    const step = seqs[at] ?? 0;
    seq += step;
    if ((step === 0 && at > 0) || seq > Number.MAX_SAFE_INTEGER) throw new MalformedBytes("writes out of order");
    seqs[at] = seq;
  }
  return seqs;
}

/** Nanoseconds after the first: of each, and the most until then. */
export function offsetsFrom(
  from: ByteReader,
  count: number,
): { readonly offsets: Float64Array; readonly latest: Float64Array } {
  const offsets = new Float64Array(count);
  const isAscending = readSums(from, offsets, furthest);
  return { offsets, latest: isAscending ? offsets : latestOf(offsets) };
}

function latestOf(offsets: Float64Array): Float64Array {
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
