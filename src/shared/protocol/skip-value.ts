// Going past the bytes of captured values, as captured-value-codec.ts writes them, without making any.
import { type ByteReader, MalformedBytes } from "./bytes.js";

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
