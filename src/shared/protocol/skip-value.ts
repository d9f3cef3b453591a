// Going past the bytes of captured values, as captured-value-codec.ts writes them, without making any.
import { ByteReader, MalformedBytes } from "./bytes.js";

/** Bytes that every value with this tag takes, the tag among them; undefined where one may take more than another. */
export function fixedSizeOf(tag: number): number | undefined {
  switch (tag) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 10:
      return 1;
    case 4:
    case 9:
      return 5;
    case 5:
      return 9;
    default:
      return undefined;
  }
}

/** By tag; 0 where one may take more than another. */
const fixedSizes = Uint8Array.from({ length: 256 }, (_, tag) => fixedSizeOf(tag) ?? 0);
const textTag = 6;

/**
 * Where a value that begins at `at` ends: as `skipValue` finds it, without a call for each step. What ends behind the last of the
 * bytes is cut off; who asks looks.
 */
export function endOfValue(bytes: Uint8Array, at: number): number {
  const tag = bytes[at] ?? 0;
  const size = fixedSizes[tag] ?? 0;
  if (size !== 0) return at + size;
  if (tag === textTag) return at + 5 + u32At(bytes, at + 1);
  const from = new ByteReader(bytes, at);
  skipValue(from);
  return from.at;
}

const u32At = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0;

/** As far as `readValue` reads; a text may still be none. */
export function skipValue(from: ByteReader): void {
  const tag = from.u8();
  const size = fixedSizeOf(tag);
  if (size !== undefined) return from.skip(size - 1);
  switch (tag) {
    case 6:
    case 7:
    case 8:
      return from.skip(from.u32());
    case 11:
      from.skip(8);
      return from.skip(from.u32());
    case 12:
      from.skip(1);
      return from.skip(from.u32());
    default:
      throw new MalformedBytes(`unknown value tag ${tag}`);
  }
}
