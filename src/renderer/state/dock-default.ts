// The layout a window starts with, and where a pane goes that is opened and has no place yet.
import {
  activated,
  alongSide,
  type DockGroup,
  type DockNode,
  type DockTree,
  groupWith,
  panesOf,
  placedIn,
} from "./dock-tree.js";

/** What the layout has to know of a pane. */
export interface PaneHome {
  readonly id: string;
  /** The pane whose group it opens in. One of its own group names itself. */
  readonly beside: string;
  /** Whether it has a tab before anybody opened it. */
  readonly isOpen: boolean;
}

/** Lanes, Metrics and Logs above each other, State at their right: the shares are those of a 1440×900 window. */
export function defaultTree(homes: readonly PaneHome[]): DockTree {
  const group = (id: string, first: string): DockGroup => ({ kind: "group", id, panes: [first], active: first });
  const bare: DockNode = {
    kind: "split",
    divides: "columns",
    parts: [
      {
        share: 0.615,
        node: {
          kind: "split",
          divides: "rows",
          parts: [
            { share: 0.46, node: group("g1", "lanes") },
            { share: 0.27, node: group("g2", "metrics") },
            { share: 0.27, node: group("g3", "logs") },
          ],
        },
      },
      { share: 0.385, node: group("g4", "state") },
    ],
  };
  return homes.reduce<DockTree>((tree, home) => (home.isOpen ? addedBehind(tree, home) : tree), bare);
}

/** As one more tab of the group of its home, behind what is in front there. */
export function addedBehind(tree: DockTree, home: PaneHome): DockTree {
  if (groupWith(tree, home.id) !== undefined) return tree;
  const group = groupWith(tree, home.beside);
  if (group === undefined) return opened(tree, home);
  return activated(placedIn(tree, home.id, group.id), group.active);
}

/** In front beside its home; where that is closed, at the right of everything. */
export function opened(tree: DockTree, home: PaneHome): DockTree {
  if (groupWith(tree, home.id) !== undefined) return activated(tree, home.id);
  const group = groupWith(tree, home.beside);
  return group === undefined ? alongSide(tree, home.id, "right") : placedIn(tree, home.id, group.id);
}

export const closedOf = (tree: DockTree, homes: readonly PaneHome[]): readonly string[] => {
  const open = new Set(panesOf(tree));
  return homes.filter(({ id }) => !open.has(id)).map(({ id }) => id);
};
