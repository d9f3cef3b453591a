// Where everything of a layout stands in a box of so many pixels: groups, the dividers between them, and what a tab that
// is let go at a point would do. Whole pixels only, and one between neighbours.
import type { DockNode, DockSide, DockTree } from "./dock-tree.js";

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface DividerPlace {
  readonly path: readonly number[];
  readonly index: number;
  readonly divides: "columns" | "rows";
  /** Of the two parts it stands between. */
  readonly box: Box;
  /** The first part's share of that box. */
  readonly fraction: number;
  /** The panes in front on its first side. */
  readonly before: readonly string[];
}

export interface DockPlaces {
  readonly groups: ReadonlyMap<string, Box>;
  readonly dividers: readonly DividerPlace[];
}

const gapPx = 1;

export function placesOf(tree: DockTree, whole: Box): DockPlaces {
  const groups = new Map<string, Box>();
  const dividers: DividerPlace[] = [];
  const place = (node: DockNode, box: Box, path: readonly number[]): void => {
    if (node.kind === "group") {
      groups.set(node.id, box);
      return;
    }
    const isColumns = node.divides === "columns";
    const fullPx = (isColumns ? box.width : box.height) - gapPx * (node.parts.length - 1);
    let passed = 0;
    const boxes = node.parts.map(({ share }, at) => {
      const from = Math.round(passed * fullPx);
      passed += share;
      // The last one ends where the box does, whatever the sum of shares is in floating point.
      const size = Math.max(0, (at === node.parts.length - 1 ? fullPx : Math.round(passed * fullPx)) - from);
      const offset = from + gapPx * at;
      return isColumns
        ? { left: box.left + offset, top: box.top, width: size, height: box.height }
        : { left: box.left, top: box.top + offset, width: box.width, height: size };
    });
    node.parts.forEach((part, index) => {
      const own = boxes[index];
      if (own === undefined) return;
      place(part.node, own, [...path, index]);
      const after = boxes[index + 1];
      const next = node.parts[index + 1];
      if (after === undefined || next === undefined) return;
      dividers.push({
        path,
        index,
        divides: node.divides,
        box: isColumns
          ? { ...own, width: after.left + after.width - own.left }
          : { ...own, height: after.top + after.height - own.top },
        fraction: part.share / (part.share + next.share),
        before: frontsOf(part.node),
      });
    });
  };
  if (tree !== undefined) place(tree, whole, []);
  return { groups, dividers };
}

const frontsOf = (node: DockNode): readonly string[] =>
  node.kind === "group" ? [node.active] : node.parts.flatMap((part) => frontsOf(part.node));

/** What a tab let go over a group's body does: becomes one of its tabs, or takes a side of it. */
export function sideAt(box: Box, x: number, y: number, edge = 0.25): DockSide | "middle" {
  const across = (x - box.left) / Math.max(1, box.width);
  const down = (y - box.top) / Math.max(1, box.height);
  const near: readonly (readonly [DockSide, number])[] = [
    ["left", across],
    ["right", 1 - across],
    ["top", down],
    ["bottom", 1 - down],
  ];
  const [side, distance] = near.reduce((least, one) => (one[1] < least[1] ? one : least));
  return distance < edge ? side : "middle";
}

/** The half of a box that a new group at this side would get; all of it for the middle. */
export function halfOf(box: Box, side: DockSide | "middle"): Box {
  const [width, height] = [Math.round(box.width / 2), Math.round(box.height / 2)];
  switch (side) {
    case "left":
      return { ...box, width };
    case "right":
      return { ...box, left: box.left + box.width - width, width };
    case "top":
      return { ...box, height };
    case "bottom":
      return { ...box, top: box.top + box.height - height, height };
    case "middle":
      return box;
  }
}
