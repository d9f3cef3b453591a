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

/** Where a pane that is let go would go, and the box to show for it. */
export interface Drop {
  readonly group: string;
  readonly to: DockSide | "tabs";
  /** Among the tabs as they are now; the end when absent. */
  readonly index: number | undefined;
  readonly box: Box;
}

/** Over a bar: a place among its tabs, whose middles are `middlesOf(group)`. Over the body: a side, or in the middle a tab. */
export function dropAt(
  { groups }: DockPlaces,
  [x, y]: readonly [number, number],
  barPx: number,
  middlesOf: (group: string) => readonly number[],
): Drop | undefined {
  const under = [...groups].find(([, box]) => isIn(box, x, y));
  if (under === undefined) return undefined;
  const [group, box] = under;
  if (y < box.top + barPx) {
    const index = middlesOf(group).filter((middle) => middle < x).length;
    return { group, to: "tabs", index, box: { ...box, height: barPx } };
  }
  const body = { ...box, top: box.top + barPx, height: box.height - barPx };
  const side = sideAt(body, x, y);
  return { group, to: side === "middle" ? "tabs" : side, index: undefined, box: halfOf(body, side) };
}

const isIn = ({ left, top, width, height }: Box, x: number, y: number): boolean =>
  x >= left && x < left + width && y >= top && y < top + height;

/** The group at that side of another: of those that touch it there, the one that does so the longest way. */
export function neighbourOf({ groups }: DockPlaces, group: string, side: DockSide): string | undefined {
  const own = groups.get(group);
  if (own === undefined) return undefined;
  let longest = 0;
  let found: string | undefined;
  for (const [id, box] of groups) {
    const shared = id === group ? 0 : touchPx(own, box, side);
    if (shared > longest) [longest, found] = [shared, id];
  }
  return found;
}

function touchPx(own: Box, other: Box, side: DockSide): number {
  const [rightOf, below] = [(box: Box) => box.left + box.width, (box: Box) => box.top + box.height];
  const distance = {
    left: own.left - rightOf(other),
    right: other.left - rightOf(own),
    top: own.top - below(other),
    bottom: other.top - below(own),
  }[side];
  if (distance < 0 || distance > gapPx) return 0;
  return side === "left" || side === "right"
    ? Math.min(below(own), below(other)) - Math.max(own.top, other.top)
    : Math.min(rightOf(own), rightOf(other)) - Math.max(own.left, other.left);
}

function sideAt(box: Box, x: number, y: number, edge = 0.3): DockSide | "middle" {
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
function halfOf(box: Box, side: DockSide | "middle"): Box {
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
