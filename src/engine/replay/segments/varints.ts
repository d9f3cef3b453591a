// Whole numbers in as few bytes as they need: seven bits a byte, lowest first, the highest bit says that more follow.
import { type ByteReader, type ByteWriter, MalformedBytes } from "../../../shared/protocol/bytes.js";

/** A whole number from 0 to 2^53 - 1. */
export function writeCount(out: ByteWriter, count: number): void {
  if (!Number.isSafeInteger(count) || count < 0) throw new Error(`${count} is no count`);
  let left = count;
  while (left >= 0x80) {
    out.u8((left % 0x80) | 0x80);
    left = Math.floor(left / 0x80);
  }
  out.u8(left);
}

export function readCount(from: ByteReader): number {
  // Most are of one byte.
  const only = from.bytes[from.at];
  if (only !== undefined && only < 0x80 && from.at < from.end) {
    from.at++;
    return only;
  }
  let [count, place] = [0, 1];
  for (;;) {
    const byte = from.u8();
    count += (byte & 0x7f) * place;
    if (count > Number.MAX_SAFE_INTEGER) throw new MalformedBytes("a count beyond 2^53");
    if (byte < 0x80) return count;
    place *= 0x80;
  }
}

/** As many counts as there is room for, each below `limit`: what `readCount` reads one by one, without a call for each. */
export function readCounts(
  from: ByteReader,
  into: Uint8Array | Uint16Array | Uint32Array | Float64Array,
  limit: number,
): void {
  const beyond = readCountsBelow(from, into, limit);
  if (beyond !== undefined) throw new MalformedBytes(`${beyond} of ${limit}`);
}

/** The same, but answers the first that is not below `limit`, if any. */
export function readCountsBelow(
  from: ByteReader,
  into: Uint8Array | Uint16Array | Uint32Array | Float64Array,
  limit: number,
): number | undefined {
  const { bytes, end } = from;
  let { at } = from;
  for (let index = 0; index < into.length; index++) {
    // Four bytes and fewer, which most are, without leaving whole numbers of 32 bits.
    let byte = bytes[at++] ?? 0;
    let count = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift <= 21; shift += 7) {
      byte = bytes[at++] ?? 0;
      count |= (byte & 0x7f) << shift;
    }
    for (let place = 2 ** 28; byte >= 0x80; place *= 0x80) {
      byte = bytes[at++] ?? 0;
      count += (byte & 0x7f) * place;
      if (count > Number.MAX_SAFE_INTEGER) throw new MalformedBytes("a count beyond 2^53");
    }
    if (at > end) cutOff(from);
    if (count >= limit) return count;
    into[index] = count;
  }
  from.at = at;
  return undefined;
}

/**
 * As many signed numbers as there is room for, each added to those before it; false where any of them, or any sum, is below
 * zero. Sums are at most `furthest` away from it.
 */
export function readSums(from: ByteReader, into: Float64Array, furthest: number): boolean {
  const { bytes, end } = from;
  let { at } = from;
  let [sum, isAscending] = [0, true];
  for (let index = 0; index < into.length; index++) {
    // Four bytes and fewer, which most are, without leaving whole numbers of 32 bits.
    let byte = bytes[at++] ?? 0;
    let count = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift <= 21; shift += 7) {
      byte = bytes[at++] ?? 0;
      count |= (byte & 0x7f) << shift;
    }
    let step = (count >>> 1) ^ -(count & 1);
    if (byte >= 0x80) {
      let whole = count;
      for (let place = 2 ** 28; byte >= 0x80; place *= 0x80) {
        byte = bytes[at++] ?? 0;
        whole += (byte & 0x7f) * place;
        if (whole > Number.MAX_SAFE_INTEGER) throw new MalformedBytes("a count beyond 2^53");
      }
      step = signedFrom(whole);
    }
    if (at > end) cutOff(from);
    sum += step;
    if (step < 0 || sum < 0) isAscending = false;
    if (sum > furthest || sum < -furthest) throw new MalformedBytes("a sum that is too far");
    into[index] = sum;
  }
  from.at = at;
  return isAscending;
}

/**
 * The same of sums that ascend and need four bytes at most, which most do; false where these do not, and then nothing is said of
 * where the reader is.
 */
export function readShortSums(from: ByteReader, into: Uint32Array): boolean {
  const { bytes, end } = from;
  let { at } = from;
  let sum = 0;
  for (let index = 0; index < into.length; index++) {
    let byte = bytes[at++] ?? 0;
    let count = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift <= 21; shift += 7) {
      byte = bytes[at++] ?? 0;
      count |= (byte & 0x7f) << shift;
    }
    // Longer ones are left to who reads all; odd ones are below zero.
    if (byte >= 0x80 || (count & 1) !== 0 || at > end) return false;
    sum += count >>> 1;
    if (sum >= 2 ** 32) return false;
    into[index] = sum;
  }
  from.at = at;
  return true;
}

function cutOff(from: ByteReader): never {
  throw new MalformedBytes(`more counts than ${from.end - from.at} bytes hold`);
}

/** One that stands for something else, of which there are `limit`. */
export function readIndex(from: ByteReader, limit: number): number {
  const index = readCount(from);
  if (index >= limit) throw new MalformedBytes(`${index} of ${limit}`);
  return index;
}

/** How many of something follow, each of at least one byte. */
export function readLength(from: ByteReader): number {
  const length = readCount(from);
  if (length > from.end - from.at) throw new MalformedBytes(`${length} in ${from.end - from.at} bytes`);
  return length;
}

/** A whole number of either sign, of at most 52 bits. */
export function writeSigned(out: ByteWriter, number: number): void {
  writeCount(out, number < 0 ? -2 * number - 1 : 2 * number);
}

export const readSigned = (from: ByteReader): number => signedFrom(readCount(from));

/** Of either sign, from a count. */
export const signedFrom = (count: number): number => (count % 2 === 0 ? count / 2 : -(count + 1) / 2);

/** A difference between two instants, in nanoseconds, or an instant. */
export function writeDifference(out: ByteWriter, difference: bigint): void {
  const isNegative = difference < 0n;
  let left = isNegative ? -difference : difference;
  const isMore = left >= 0x40n;
  out.u8(Number(left & 0x3fn) | (isNegative ? 0x40 : 0) | (isMore ? 0x80 : 0));
  for (left >>= 6n; isMore; left >>= 7n) {
    out.u8(Number(left & 0x7fn) | (left >= 0x80n ? 0x80 : 0));
    if (left < 0x80n) return;
  }
}

export function readDifference(from: ByteReader): bigint {
  const first = from.u8();
  let size = BigInt(first & 0x3f);
  let isMore = first >= 0x80;
  for (let shift = 6n; isMore; shift += 7n) {
    if (shift > 63n) throw new MalformedBytes("a time that is none");
    const byte = from.u8();
    size += BigInt(byte & 0x7f) << shift;
    isMore = byte >= 0x80;
  }
  return (first & 0x40) === 0 ? size : -size;
}
