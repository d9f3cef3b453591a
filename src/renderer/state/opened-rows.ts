// The list shows lines and, under the one opened line, its details: all rows are equally high, so the list stays
// virtual. This maps list rows to lines and details, and back.

import type { FieldValue } from "./row-filter.svelte.js";

export interface DetailRow {
  /** Attribute or fact; "" for the further lines of a value. */
  readonly key: string;
  readonly value: string;
  /** What rows can be filtered by. */
  readonly of?: FieldValue | undefined;
}

export interface OpenedLine {
  readonly row: number;
  /** Detail rows below it. */
  readonly details: number;
}

export type ListRow =
  | { readonly kind: "line"; readonly row: number }
  | { readonly kind: "detail"; readonly row: number; readonly detail: number };

export const listLength = (lines: number, opened: OpenedLine | undefined): number =>
  lines + (opened !== undefined && opened.row < lines ? opened.details : 0);

export function listRowAt(index: number, opened: OpenedLine | undefined): ListRow {
  if (opened === undefined || index <= opened.row) return { kind: "line", row: index };
  const below = index - opened.row - 1;
  if (below < opened.details) return { kind: "detail", row: opened.row, detail: below };
  return { kind: "line", row: index - opened.details };
}

export function indexOfLine(row: number, opened: OpenedLine | undefined): number {
  return opened !== undefined && row > opened.row ? row + opened.details : row;
}
