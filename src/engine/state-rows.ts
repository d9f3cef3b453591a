// Rows of a tree as columns: how they travel.
import type { StateCut, StateRows } from "../shared/protocol/engine-rows.js";
import type { Row } from "./replay/rows.js";

export function columnsFromRows(rows: readonly Row[], total: number, cut: StateCut | undefined): StateRows {
  return {
    total,
    depth: byteOfEach(rows, (row) => Math.min(row.depth, 255)),
    keys: rows.map((row) => row.key),
    paths: rows.map((row) => row.path),
    values: rows.map((row) => row.value),
    types: rows.map((row) => row.type),
    flags: byteOfEach(rows, (row) => row.flags),
    previous: rows.map((row) => row.previous),
    cut,
  };
}

/** What `Uint8Array.from` does, in a tenth of the time. */
function byteOfEach(rows: readonly Row[], byteOf: (row: Row) => number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(rows.length);
  let at = 0;
  for (const row of rows) bytes[at++] = byteOf(row);
  return bytes;
}
