// Rows of a tree as columns: how they travel.
import type { StateCut, StateRows } from "../shared/protocol/engine-rows.js";
import type { Row } from "./replay/rows.js";

export function columnsFromRows(rows: readonly Row[], total: number, cut: StateCut | undefined): StateRows {
  return {
    total,
    depth: Uint8Array.from(rows, (row) => Math.min(row.depth, 255)),
    keys: rows.map((row) => row.key),
    paths: rows.map((row) => row.path),
    values: rows.map((row) => row.value),
    types: rows.map((row) => row.type),
    flags: Uint8Array.from(rows, (row) => row.flags),
    previous: rows.map((row) => row.previous),
    cut,
  };
}
