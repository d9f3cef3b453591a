import { describe, expect, it } from "vitest";
import { type TreeSpan, requestTree, wholeTrees } from "./request-tree.js";
import type { PathSpan } from "./critical-path.js";
import { randomTrees, spansOf } from "./spans-text.test-support.js";
import { traceLanes } from "./trace-lanes.js";

const treeSpans = (spans: readonly PathSpan[]): readonly TreeSpan[] =>
  spans.map(({ parent, startNs, endNs }, at) => ({
    id: `s${at}`,
    parentId: parent === undefined ? "" : `s${parent}`,
    process: 1,
    startNs,
    endNs,
    isClient: false,
  }));
const never = { startNs: 0, endNs: 0 };

describe("traceLanes", () => {
  const lanesOf = (text: string): string => {
    const spans = spansOf(text);
    const tree = requestTree(treeSpans(spans), 0);
    const lanes = traceLanes(tree, (at) => spans[at] ?? never);
    return tree
      .map(({ at }, row) => [at, lanes[row]] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, lane]) => lane)
      .join(" ");
  };

  it("puts children below their parents, and those that follow each other into one row", () => {
    expect(lanesOf("0-100\n  10-40\n    20-30\n  50-90")).toBe("0 1 2 1");
  });

  it("gives spans that run at once rows of their own", () => {
    expect(lanesOf("0-100\n  10-60\n    15-50\n  20-70\n  60-90")).toBe("0 1 2 3 1");
    expect(lanesOf("0-\n  10-\n  20-30")).toBe("0 1 2");
  });

  it.each([1, 2, 3])("lets no two spans of a row overlap, and a parent that began first be above, seed %d", (seed) => {
    for (const spans of randomTrees(seed, 200)) {
      const tree = wholeTrees(treeSpans(spans));
      expect(tree.map(({ at }) => at).toSorted((a, b) => a - b)).toEqual([...spans.keys()]);
      const lanes = traceLanes(tree, (at) => spans[at] ?? never);
      const drawn = tree.map(({ at }) => spans[at] ?? never);
      for (const [row, { parent }] of tree.entries()) {
        const { startNs, endNs } = drawn[row] ?? never;
        if (parent !== undefined && (drawn[parent]?.startNs ?? 0) <= startNs)
          expect(lanes[row]).toBeGreaterThan(lanes[parent] ?? 0);
        for (const [other, { startNs: from, endNs: to }] of drawn.entries())
          if (other < row && lanes[other] === lanes[row])
            expect(!(endNs > from) || !(to > startNs) || startNs === endNs || from === to).toBe(true);
      }
    }
  });
});

describe("wholeTrees", () => {
  const span = (id: string, parentId: string, startNs: number): TreeSpan => ({
    id,
    parentId,
    process: 1,
    startNs,
    endNs: startNs + 10,
    isClient: false,
  });
  const idsOf = (spans: readonly TreeSpan[]): string =>
    wholeTrees(spans)
      .map(({ at, depth }) => `${depth}${spans[at]?.id}`)
      .join(" ");

  it("begins with spans whose parent is elsewhere, and has every span once", () => {
    expect(idsOf([span("a", "", 0), span("b", "a", 5), span("c", "lost", 3), span("d", "c", 4)])).toBe("0a 1b 0c 1d");
    expect(idsOf([span("a", "b", 0), span("b", "a", 1), span("c", "c", 2)])).toBe("0c 0a 1b");
    expect(idsOf([])).toBe("");
  });
});
