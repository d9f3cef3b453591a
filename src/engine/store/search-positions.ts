// Positions within a block as bits, and as the few bytes that the file has of them.
import { UnreadableStored } from "./value-json.js";

/** One bit a position. */
export type Positions = Uint32Array;

export const noPositions = (count: number): Positions => new Uint32Array(Math.ceil(count / 32));

export function allPositions(count: number): Positions {
  const all = noPositions(count).fill(0xffffffff);
  if (count % 32 !== 0) all[all.length - 1] = 2 ** (count % 32) - 1;
  return all;
}

export function countOf(positions: Positions): number {
  let count = 0;
  for (let at = 0; at < positions.length; at++) count += bitsIn(positions[at] ?? 0);
  return count;
}

export function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** In ascending order. */
export function listOf(positions: Positions): number[] {
  const list: number[] = [];
  for (let at = 0; at < positions.length; at++)
    for (let word = positions[at] ?? 0; word !== 0; word &= word - 1)
      list.push(at * 32 + 31 - Math.clz32(word & -word));
  return list;
}

export function keepOnly(positions: Positions, others: Positions): void {
  for (let at = 0; at < positions.length; at++) positions[at] = (positions[at] ?? 0) & (others[at] ?? 0);
}

/** The first byte says how: all of `count`, bits, or the distances between those that are in it or are not. */
const [everything, asBits, asDistances, asDistancesWithout] = [0, 1, 2, 3];

export function bytesFromPositions(positions: Positions, count: number): Uint8Array {
  const set = countOf(positions);
  if (set === count) return Uint8Array.of(everything);
  const isSparse = set <= count / 2;
  const bytes = new Uint8Array(1 + Math.ceil(count / 8));
  const used = writeDistances(isSparse ? positions : without(positions, count), bytes);
  if (used !== undefined) {
    bytes[0] = isSparse ? asDistances : asDistancesWithout;
    return bytes.slice(0, used);
  }
  bytes[0] = asBits;
  bytes.set(new Uint8Array(positions.buffer, positions.byteOffset, bytes.length - 1), 1);
  return bytes;
}

/** Behind the first byte. Each distance takes a byte for every seven bits of it. How many bytes are used, if they suffice. */
function writeDistances(positions: Positions, bytes: Uint8Array): number | undefined {
  let [used, before] = [1, -1];
  for (let at = 0; at < positions.length; at++)
    for (let word = positions[at] ?? 0; word !== 0; word &= word - 1) {
      const position = at * 32 + 31 - Math.clz32(word & -word);
      let distance = position - before - 1;
      for (; distance > 127; distance >>>= 7) bytes[used++] = 128 | (distance & 127);
      bytes[used++] = distance;
      if (used > bytes.length) return undefined;
      before = position;
    }
  return used;
}

/** The first `count`, without these. */
function without(positions: Positions, count: number): Positions {
  return allPositions(count).map((word, at) => word & ~(positions[at] ?? 0));
}

/** Throws `UnreadableStored`. */
export function addPositions(into: Positions, bytes: Uint8Array, count: number): void {
  const [how] = bytes;
  if (how === everything && bytes.length === 1) addAll(into, allPositions(count));
  else if (how === asBits && bytes.length === 1 + Math.ceil(count / 8)) addBits(into, bytes, count);
  else if (how === asDistances) readDistances(into, bytes, count);
  else if (how === asDistancesWithout) {
    const left = noPositions(count);
    readDistances(left, bytes, count);
    addAll(into, without(left, count));
  } else throw unreadable();
}

function addAll(into: Positions, positions: Positions): void {
  for (let at = 0; at < into.length; at++) into[at] = (into[at] ?? 0) | (positions[at] ?? 0);
}

function addBits(into: Positions, bytes: Uint8Array, count: number): void {
  for (let at = 1; at < bytes.length; at++) {
    const place = (at - 1) * 8;
    into[place >> 5] = (into[place >> 5] ?? 0) | ((bytes[at] ?? 0) << (place & 31));
  }
  keepOnly(into, allPositions(count));
}

function readDistances(into: Positions, bytes: Uint8Array, count: number): void {
  let [position, distance, shift] = [-1, 0, 0];
  for (let at = 1; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    distance |= (byte & 127) << shift;
    shift += 7;
    if (byte > 127 && shift < 21) continue;
    position += distance + 1;
    if (position >= count) throw unreadable();
    into[position >> 5] = (into[position >> 5] ?? 0) | (1 << (position & 31));
    distance = shift = 0;
  }
  if (shift !== 0) throw unreadable();
}

const unreadable = (): UnreadableStored => new UnreadableStored("rows of the search index");
