import { describe, expect, it } from "vitest";
import { randomFrom } from "../../../shared/base/random.test-support.js";
import { stackRows } from "./stack-rows.js";
import { OpenedNodes, type TreeShape, treeRows } from "./tree-rows.js";

/** `name<parent`, the parent by its index from 0; `!` failed. */
function treeOf(...nodes: readonly string[]): TreeShape {
  const read = nodes.map((text) => /^(\w+)(!?)(?:<(\d+))?$/.exec(text) ?? []);
  return {
    names: read.map(([, name = ""]) => name),
    files: nodes.map(() => "/0.mjs"),
    lines: Uint32Array.from(nodes, () => 1),
    process: Uint16Array.from(nodes, () => 1),
    parents: Uint32Array.from(read, ([, , , parent]) => (parent === undefined ? 0 : Number(parent) + 1)),
    failed: Uint32Array.from(read, ([, , failed]) => (failed === "!" ? 1 : 0)),
  };
}

const textOf = (tree: TreeShape, opened: OpenedNodes, words?: string): string =>
  treeRows(tree, opened, words)
    .map(
      ({ node, depth, isOpen }) => `${depth}${isOpen === undefined ? "" : isOpen ? "-" : "+"}${tree.names[node] ?? ""}`,
    )
    .join(" ");

describe("rows of the tree of calls", () => {
  const deep = treeOf("a", "b<0", "c<1", "d<2", "e<3", "f<4", "g<5");

  it("are open some steps down, and wherever something failed below", () => {
    expect(textOf(deep, new OpenedNodes())).toBe("0-a 1-b 2-c 3-d 4+e");
    const failing = treeOf("a", "b<0", "c<1", "d<2", "e<3", "f<4", "g!<5", "h<3");
    expect(textOf(failing, new OpenedNodes())).toBe("0-a 1-b 2-c 3-d 4-e 5-f 6g 4h");
  });

  it("stay as somebody left them when there is another answer", () => {
    const opened = new OpenedNodes();
    const ways = opened.waysOf(deep);
    opened.choose(ways[1] ?? 0, false);
    const later = treeOf("z", "a", "b<1", "c<2", "x<1");
    expect(textOf(later, opened)).toBe("0z 0-a 1+b 1x");
  });

  it("are those that have the words, and what they are in", () => {
    const tree = treeOf("a", "b<0", "find<1", "c<0", "Finder", "d<4");
    expect(textOf(tree, new OpenedNodes(), " find ")).toBe("0-a 1-b 2find 0-Finder");
  });

  it.each([1, 2, 3])("are what looking at each node by itself comes to (seed %d)", (seed) => {
    const next = randomFrom(seed);
    const random = (below: number): number => Math.floor(next() * below);
    for (let round = 0; round < 80; round++) {
      // In the order of an answer: each before what is below it, and that before what is beside it.
      const parents: (number | undefined)[] = [];
      const nodes: string[] = [];
      const grow = (parent: number | undefined, depth: number): void => {
        for (let n = random(3) + (depth === 0 ? 1 : 0); n > 0 && nodes.length < 40 && depth < 8; n--) {
          const at = nodes.length;
          parents.push(parent);
          const name = `${"abc"[random(3)] ?? "a"}${at}${random(9) === 0 ? "!" : ""}`;
          nodes.push(parent === undefined ? name : `${name}<${parent}`);
          grow(at, depth + 1);
        }
      };
      grow(undefined, 0);
      const tree = treeOf(...nodes);
      const opened = new OpenedNodes();
      const ways = opened.waysOf(tree);
      const closed = new Set<number>();
      for (const way of ways)
        if (random(5) === 0) {
          opened.choose(way, false);
          closed.add(way);
        }
      const words = ["", "a", "b"][random(3)] ?? "";
      const above = (node: number): number[] => {
        const parent = parents[node];
        return parent === undefined ? [] : [...above(parent), parent];
      };
      const within = (node: number): number[] => nodes.flatMap((_, at) => (above(at).includes(node) ? [at] : []));
      const has = (node: number): boolean => (tree.names[node] ?? "").includes(words);
      const isOpen = (node: number): boolean =>
        words !== "" ||
        (!closed.has(ways[node] ?? 0) &&
          (above(node).length < 4 || within(node).some((at) => (tree.failed[at] ?? 0) > 0)));
      const plainly = nodes.flatMap((_, node) =>
        (has(node) || within(node).some(has)) && above(node).every(isOpen) ? [node] : [],
      );
      expect(treeRows(tree, opened, words).map(({ node }) => node)).toEqual(plainly);
    }
  });
});

describe("rows of what is under way", () => {
  it("are stacks, the innermost frame first, and say what did not wait", () => {
    const rows = stackRows(
      {
        stack: Uint16Array.of(0, 0, 0, 1),
        frames: { process: Uint16Array.of(1, 1, 1, 2), endNs: Float64Array.of(90, 40, NaN, NaN) },
      },
      50,
    );
    expect(rows).toEqual([
      { kind: "head", stack: 0, process: 1, frames: 3 },
      { kind: "frame", frame: 2, isOver: false },
      { kind: "frame", frame: 1, isOver: true },
      { kind: "frame", frame: 0, isOver: false },
      { kind: "head", stack: 1, process: 2, frames: 1 },
      { kind: "frame", frame: 3, isOver: false },
    ]);
  });
});
