// The tree of calls as rows of a list: those of open nodes, and while something is looked for those that have it and what they are in.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";

export type CallTree = CallResult<"calls.tree">;

/** What is about a tree's shape. Each node comes before what is below it. */
export type TreeShape = Pick<CallTree, "names" | "files" | "lines" | "parents" | "failed" | "process">;

export interface TreeRow {
  readonly node: number;
  readonly depth: number;
  /** Undefined where nothing is below it. */
  readonly isOpen: boolean | undefined;
}

/** So deep a tree is open at first, and wherever something failed. */
const openDepth = 4;

/** Which nodes somebody opened or closed: by the way to them, so that it outlives an answer. */
export class OpenedNodes {
  readonly #ids = new Map<string, number>();
  readonly #chosen = new Map<number, boolean>();

  /** Of each node the number of its way. */
  waysOf({ names, files, lines, parents, process }: TreeShape): Uint32Array {
    const ways = new Uint32Array(names.length);
    for (const [node, name] of names.entries()) {
      const above = parents[node] ?? 0;
      const key = `${above === 0 ? 0 : (ways[above - 1] ?? 0)}\n${name}\n${files[node] ?? ""}\n${lines[node] ?? 0}\n${process[node] ?? 0}`;
      const id = this.#ids.get(key) ?? this.#ids.size + 1;
      this.#ids.set(key, id);
      ways[node] = id;
    }
    return ways;
  }

  choose(way: number, isOpen: boolean): void {
    this.#chosen.set(way, isOpen);
  }

  isOpen(way: number, depth: number, failed: number): boolean {
    return this.#chosen.get(way) ?? (depth < openDepth || failed > 0);
  }
}

export function treeRows(tree: TreeShape, opened: OpenedNodes, words = ""): readonly TreeRow[] {
  const count = tree.names.length;
  const ways = opened.waysOf(tree);
  const parentOf = (node: number): number => (tree.parents[node] ?? 0) - 1;
  const [hasBelow, failsBelow, isWanted] = [new Uint8Array(count), new Uint8Array(count), new Uint8Array(count)];
  const wanted = words.trim().toLowerCase();
  for (let node = count - 1; node >= 0; node--) {
    const place = `${tree.names[node] ?? ""}\n${tree.files[node] ?? ""}`.toLowerCase();
    if (wanted === "" || place.includes(wanted)) isWanted[node] = 1;
    const above = parentOf(node);
    if (above < 0) continue;
    hasBelow[above] = 1;
    if (isWanted[node] === 1) isWanted[above] = 1;
    if ((tree.failed[node] ?? 0) > 0 || failsBelow[node] === 1) failsBelow[above] = 1;
  }
  const rows: TreeRow[] = [];
  const [depths, isShown] = [new Uint32Array(count), new Uint8Array(count)];
  for (let node = 0; node < count; node++) {
    const above = parentOf(node);
    const depth = above < 0 ? 0 : (depths[above] ?? 0) + 1;
    depths[node] = depth;
    // Bit 1: it has a row; bit 2: what is below it has.
    if (isWanted[node] !== 1 || (above >= 0 && isShown[above] !== 3)) continue;
    const isOpen = wanted !== "" || opened.isOpen(ways[node] ?? 0, depth, failsBelow[node] ?? 0);
    isShown[node] = isOpen ? 3 : 1;
    rows.push({ node, depth, isOpen: hasBelow[node] === 1 ? isOpen : undefined });
  }
  return rows;
}
