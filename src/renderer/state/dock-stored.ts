// Layouts as text, for storage: what was stored is read with care, and panes that came or went since are seen to.
import { addedBehind, type PaneHome } from "./dock-default.js";
import { type DockNode, type DockPart, type DockTree, panesOf, tidied, without } from "./dock-tree.js";

export interface StoredDock {
  readonly tree: DockTree;
  /** Every pane there was when it was stored: one that is neither here nor open is new, not closed. */
  readonly known: readonly string[];
}

/** The stored layout with the panes there are now; undefined where it is none. */
export function dockFrom(stored: unknown, homes: readonly PaneHome[]): DockTree | "none" {
  const record = recordFrom(stored);
  if (record === undefined || !Array.isArray(record["known"])) return "none";
  const known = new Set<unknown>(record["known"]);
  const seen = new Set<string>();
  let tree = record["tree"] === undefined ? undefined : nodeFrom(record["tree"], seen, new Set());
  if (tree === undefined && record["tree"] !== undefined) return "none";
  const real = new Set(homes.map(({ id }) => id));
  for (const pane of panesOf(tree)) if (!real.has(pane)) tree = without(tree, pane);
  for (const home of homes) if (home.isOpen && !known.has(home.id)) tree = addedBehind(tree, home);
  return tree;
}

function nodeFrom(stored: unknown, seen: Set<string>, ids: Set<string>): DockTree {
  const record = recordFrom(stored);
  if (record?.["kind"] === "group") {
    const { id, panes, active } = record;
    if (typeof id !== "string" || ids.has(id) || !Array.isArray(panes)) return undefined;
    const own = panes.filter((pane: unknown): pane is string => typeof pane === "string" && !seen.has(pane));
    const unique = [...new Set(own)];
    const [first] = unique;
    if (first === undefined) return undefined;
    ids.add(id);
    for (const pane of unique) seen.add(pane);
    const front = unique.find((pane) => pane === active) ?? first;
    return { kind: "group", id, panes: unique, active: front };
  }
  if (record?.["kind"] !== "split" || !Array.isArray(record["parts"])) return undefined;
  const parts = record["parts"].flatMap((part: unknown) => partFrom(part, seen, ids));
  const divides = record["divides"] === "rows" ? "rows" : "columns";
  return tidied({ kind: "split", divides, parts });
}

function partFrom(stored: unknown, seen: Set<string>, ids: Set<string>): readonly DockPart[] {
  const record = recordFrom(stored);
  const node: DockNode | undefined = record === undefined ? undefined : nodeFrom(record["node"], seen, ids);
  const share = record?.["share"];
  if (node === undefined || typeof share !== "number" || !(share > 0 && share <= 1)) return [];
  return [{ share, node }];
}

function recordFrom(stored: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof stored === "object" && stored !== null ? { ...stored } : undefined;
}
