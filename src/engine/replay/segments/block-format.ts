// What the writer and the reader of blocks agree on.
import type { WriteOperation } from "../../../shared/trace/write.js";

/** Append only: the index is stored. */
export const blockKinds = [
  "set",
  "delete",
  "splice",
  "map-set",
  "map-delete",
  "set-add",
  "set-delete",
  "clear",
  "contents",
  "scope",
] as const satisfies readonly WriteOperation["kind"][];

/** Beside the kind: the write was found by comparing. */
export const foundBit = 0x80;

/** Nanoseconds between the first write of a block and any other: 52 days, so that a number holds it. */
export const furthest = 2 ** 52;
