// Left and right in a tree as WAI-ARIA describes them: right opens or enters, left closes or goes to the parent.
import { flagsOf } from "./row-flags.js";

/** Open and close, not toggle: a key pressed again before the rows have come must not undo the first. */
export type TreeMove = { readonly kind: "select" | "open" | "close"; readonly row: number };

/** Depth and flags of the rows that are here; undefined for those that are not. */
export interface TreeShape {
  depthAt(row: number): number | undefined;
  flagsAt(row: number): number | undefined;
}

export function moveInTree(tree: TreeShape, row: number, key: string): TreeMove | undefined {
  const flags = flagsOf(tree.flagsAt(row) ?? 0);
  if (key === "ArrowRight") {
    if (!flags.isExpandable) return undefined;
    return flags.isExpanded ? { kind: "select", row: row + 1 } : { kind: "open", row };
  }
  if (key !== "ArrowLeft") return undefined;
  if (flags.isExpandable && flags.isExpanded) return { kind: "close", row };
  const parent = parentOf(tree, row);
  return parent === undefined ? undefined : { kind: "select", row: parent };
}

function parentOf(tree: TreeShape, row: number): number | undefined {
  const depth = tree.depthAt(row);
  if (depth === undefined) return undefined;
  for (let above = row - 1; above >= 0; above--) {
    const there = tree.depthAt(above);
    if (there === undefined) return undefined;
    if (there < depth) return above;
  }
  return undefined;
}
