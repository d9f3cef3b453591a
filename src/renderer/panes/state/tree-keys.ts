// Keys of a tree as WAI-ARIA describes them: right opens or enters, left closes or goes to the parent.
import { flagsOf } from "./row-flags.js";

export type TreeMove =
  | { readonly kind: "select"; readonly row: number }
  | { readonly kind: "expand"; readonly row: number }
  | { readonly kind: "collapse"; readonly row: number };

/** Depth and flags of the rows that are here; undefined for those that are not. */
export interface TreeShape {
  readonly total: number;
  depthAt(row: number): number | undefined;
  flagsAt(row: number): number | undefined;
}

export function moveInTree(tree: TreeShape, row: number, key: string, pageRows: number): TreeMove | undefined {
  const to = (target: number): TreeMove | undefined =>
    tree.total === 0 ? undefined : { kind: "select", row: Math.min(Math.max(target, 0), tree.total - 1) };
  switch (key) {
    case "ArrowDown":
      return to(row + 1);
    case "ArrowUp":
      return to(row - 1);
    case "PageDown":
      return to(row + pageRows);
    case "PageUp":
      return to(row - pageRows);
    case "Home":
      return to(0);
    case "End":
      return to(tree.total - 1);
    case "ArrowRight": {
      const flags = flagsOf(tree.flagsAt(row) ?? 0);
      if (!flags.isExpandable) return undefined;
      return flags.isExpanded ? to(row + 1) : { kind: "expand", row };
    }
    case "ArrowLeft": {
      if (flagsOf(tree.flagsAt(row) ?? 0).isExpanded) return { kind: "collapse", row };
      const parent = parentOf(tree, row);
      return parent === undefined ? undefined : to(parent);
    }
    default:
      return undefined;
  }
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
