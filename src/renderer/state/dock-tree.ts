// How the panes share the window, as data: a tree of splits with groups of tabs as its leaves, and what can be done to it.
// Invariants: a pane is in one group or in none; no group is empty; a split has two parts or more, whose shares add up to
// 1 and none of which is split the same way. Every function here gives a new tree and leaves the old one as it was.

export interface DockGroup {
  readonly kind: "group";
  readonly id: string;
  /** In the order of their tabs; never empty. */
  readonly panes: readonly string[];
  /** The one that is seen. */
  readonly active: string;
}

export interface DockPart {
  readonly share: number;
  readonly node: DockNode;
}

export interface DockSplit {
  readonly kind: "split";
  /** "columns": parts stand side by side; "rows": one above the other. */
  readonly divides: "columns" | "rows";
  readonly parts: readonly DockPart[];
}

export type DockNode = DockGroup | DockSplit;
/** Undefined = every pane is closed. */
export type DockTree = DockNode | undefined;
export type DockSide = "left" | "right" | "top" | "bottom";

export const groupsOf = (tree: DockTree): readonly DockGroup[] =>
  tree === undefined ? [] : tree.kind === "group" ? [tree] : tree.parts.flatMap(({ node }) => groupsOf(node));

export const panesOf = (tree: DockTree): readonly string[] => groupsOf(tree).flatMap(({ panes }) => panes);

export const groupWith = (tree: DockTree, pane: string): DockGroup | undefined =>
  groupsOf(tree).find(({ panes }) => panes.includes(pane));

/** Brings a pane to the front of its group. */
export const activated = (tree: DockTree, pane: string): DockTree =>
  rewritten(tree, (group) => (group.panes.includes(pane) ? { ...group, active: pane } : group));

/** Without the pane; the tab to its right comes forward, or else the one to its left. */
export function without(tree: DockTree, pane: string): DockTree {
  return rewritten(tree, (group) => {
    const at = group.panes.indexOf(pane);
    if (at < 0) return group;
    const panes = group.panes.filter((one) => one !== pane);
    const next = panes[at] ?? panes[at - 1];
    if (next === undefined) return undefined;
    return { ...group, panes, active: group.active === pane ? next : group.active };
  });
}

/** The pane as a tab of a group, at that place among its tabs (the end when not given), and in front there. */
export function placedIn(tree: DockTree, pane: string, groupId: string, index = Infinity): DockTree {
  const target = groupsOf(tree).find(({ id }) => id === groupId);
  if (target === undefined) return tree;
  const before = target.panes.indexOf(pane);
  // Counted among the tabs as they are seen; those after its old place move up when it leaves.
  const at = before >= 0 && before < index ? index - 1 : index;
  const rest = target.panes.filter((one) => one !== pane);
  const panes = [...rest.slice(0, at), pane, ...rest.slice(at)];
  const others = before >= 0 ? tree : without(tree, pane);
  return rewritten(others, (group) => (group.id === groupId ? { ...group, panes, active: pane } : group));
}

/** The pane in a group of its own at that side of a group, which gives it half of its place. */
export function splitOff(tree: DockTree, pane: string, groupId: string, side: DockSide): DockTree {
  const target = groupsOf(tree).find(({ id }) => id === groupId);
  if (target === undefined || (target.panes.length === 1 && target.panes[0] === pane)) return tree;
  const own: DockGroup = { kind: "group", id: freeId(tree), panes: [pane], active: pane };
  return rewritten(without(tree, pane), (group) => (group.id === groupId ? sideBySide(group, own, side, 0.5) : group));
}

/** The pane in a group of its own along a whole side of the window. */
export function alongSide(tree: DockTree, pane: string, side: DockSide, share = 0.3): DockTree {
  const rest = without(tree, pane);
  const own: DockGroup = { kind: "group", id: freeId(tree), panes: [pane], active: pane };
  return rest === undefined ? own : tidied(sideBySide(rest, own, side, share));
}

/** Moves the divider between part `index` of a split and the next one: the first of the two takes this of both. */
export function divided(tree: DockTree, path: readonly number[], index: number, fraction: number): DockTree {
  if (tree?.kind !== "split") return tree;
  const [step, ...rest] = path;
  if (step !== undefined) {
    const parts = tree.parts.map((part, at) => {
      const node = at === step ? divided(part.node, rest, index, fraction) : part.node;
      return { share: part.share, node: node ?? part.node };
    });
    return { ...tree, parts };
  }
  const [one, next] = [tree.parts[index], tree.parts[index + 1]];
  if (one === undefined || next === undefined) return tree;
  const both = one.share + next.share;
  const first = both * Math.min(Math.max(fraction, 0.01), 0.99);
  return {
    ...tree,
    parts: tree.parts.map((part, at) =>
      at === index ? { ...part, share: first } : at === index + 1 ? { ...part, share: both - first } : part,
    ),
  };
}

/** The split at the end of a path of places among parts. */
export function splitAt(tree: DockTree, path: readonly number[]): DockSplit | undefined {
  if (tree?.kind !== "split") return undefined;
  const [step, ...rest] = path;
  return step === undefined ? tree : splitAt(tree.parts[step]?.node, rest);
}

/** Every group through `change`, which may put a split in its place or nothing; the tree is tidy again afterwards. */
export function rewritten(tree: DockTree, change: (group: DockGroup) => DockTree): DockTree {
  if (tree === undefined) return undefined;
  if (tree.kind === "group") return change(tree);
  const parts = tree.parts.flatMap(({ share, node }) => {
    const changed = rewritten(node, change);
    return changed === undefined ? [] : [{ share, node: changed }];
  });
  return tidied({ ...tree, parts });
}

/** What is left of a split: its parts share everything, one part alone takes its place, and its like are taken in. */
export function tidied(split: DockSplit): DockTree {
  const parts = split.parts.flatMap(({ share, node }) =>
    node.kind === "split" && node.divides === split.divides
      ? node.parts.map((inner) => ({ share: inner.share * share, node: inner.node }))
      : [{ share, node }],
  );
  if (parts.length < 2) return parts[0]?.node;
  const sum = parts.reduce((total, { share }) => total + share, 0);
  return { ...split, parts: parts.map(({ share, node }) => ({ share: share / sum, node })) };
}

function freeId(tree: DockTree): string {
  const taken = new Set(groupsOf(tree).map(({ id }) => id));
  let number = 1;
  while (taken.has(`g${number}`)) number += 1;
  return `g${number}`;
}

function sideBySide(node: DockNode, added: DockNode, side: DockSide, share: number): DockSplit {
  const old = { share: 1 - share, node };
  const own = { share, node: added };
  return {
    kind: "split",
    divides: side === "left" || side === "right" ? "columns" : "rows",
    parts: side === "left" || side === "top" ? [own, old] : [old, own],
  };
}
