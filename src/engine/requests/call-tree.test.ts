import { describe, expect, it } from "vitest";
import { randomFrom } from "../../shared/base/random.test-support.js";
import { type CallNode, type CallSpan, callTree } from "./call-tree.js";

const span = (key: string, parent: number | undefined, startNs: number, endNs: number): CallSpan => ({
  key,
  parent,
  startNs,
  endNs,
  hasFailed: false,
});

/** `a>b 2 total own`, by way. */
function textOf(spans: readonly CallSpan[], nodes: readonly CallNode[]): string[] {
  const wayTo = (node: CallNode): string => {
    const above = node.parent === undefined ? undefined : nodes[node.parent];
    return (above === undefined ? "" : `${wayTo(above)}>`) + (spans[node.longest]?.key ?? "?");
  };
  return nodes.map(
    (node) => `${wayTo(node)} ${node.calls}/${node.recursive}/${node.failed} ${node.totalNs} ${node.ownNs}`,
  );
}

/** Call by call: the way to it, of which what comes again cuts off what was between. */
function plainly(spans: readonly CallSpan[], untilNs: number): string[] {
  const wayOf = (at: number): string[] => {
    const { key, parent } = spans[at] ?? { key: "", parent: undefined };
    const way = parent === undefined ? [] : wayOf(parent);
    const before = way.indexOf(key);
    return before < 0 ? [...way, key] : way.slice(0, before + 1);
  };
  const above = (at: number): number[] => {
    const parent = spans[at]?.parent;
    return parent === undefined ? [] : [parent, ...above(parent)];
  };
  const endOf = ({ startNs, endNs }: CallSpan): number => (Number.isNaN(endNs) ? Math.max(startNs, untilNs) : endNs);
  const sums = new Map<string, [number, number, number, number, number]>();
  for (const [at, call] of spans.entries()) {
    const way = wayOf(at).join(">");
    const sum = sums.get(way) ?? [0, 0, 0, 0, 0];
    const isAgain = above(at).some((other) => wayOf(other).join(">") === way);
    let own = 0;
    for (let ns = call.startNs; ns < endOf(call); ns++)
      if (
        !spans.some(
          (child) =>
            child.parent === at && child.startNs <= ns && ns < (Number.isNaN(child.endNs) ? Infinity : child.endNs),
        )
      )
        own++;
    sum[0]++;
    if (isAgain) sum[1]++;
    if (call.hasFailed) sum[2]++;
    if (!isAgain) sum[3] += endOf(call) - call.startNs;
    sum[4] += own;
    sums.set(way, sum);
  }
  return [...sums].map(
    ([way, [calls, again, failed, total, own]]) => `${way} ${calls}/${again}/${failed} ${total} ${own}`,
  );
}

describe("callTree", () => {
  it("sums calls up by how they were reached, the longest first", () => {
    const spans = [
      span("main", undefined, 0, 100),
      span("read", 0, 10, 20),
      span("write", 0, 20, 60),
      span("flush", 2, 30, 50),
      span("read", 0, 60, 65),
    ];
    expect(textOf(spans, callTree(spans, 100))).toEqual([
      "main 1/0/0 100 45",
      "main>write 1/0/0 40 20",
      "main>write>flush 1/0/0 20 20",
      "main>read 2/0/0 15 15",
    ]);
  });

  it("counts what calls itself where it was first, its time once", () => {
    const spans = [
      span("walk", undefined, 0, 100),
      span("visit", 0, 10, 90),
      span("walk", 1, 20, 80),
      span("visit", 2, 30, 70),
    ];
    expect(textOf(spans, callTree(spans, 100))).toEqual(["walk 2/1/0 100 40", "walk>visit 2/1/0 80 60"]);
  });

  it("names the longest, and the first that failed", () => {
    const of = (startNs: number, endNs: number, hasFailed: boolean): CallSpan => ({
      ...span("f", undefined, startNs, endNs),
      hasFailed,
    });
    const spans = [of(1, 5, false), of(6, 7, true), of(10, 90, false), of(91, 95, true)];
    expect(callTree(spans, 100)).toMatchObject([{ longest: 2, firstFailed: 1, failed: 2 }]);
    expect(callTree(spans.slice(0, 1), 100)).toMatchObject([{ longest: 0, firstFailed: undefined }]);
  });

  it("does not go round where somebody says that calls are within each other", () => {
    expect(callTree([span("a", 1, 0, 1), span("b", 0, 0, 1)], 1)).toHaveLength(2);
  });

  it("takes a chain that is longer than a stack", () => {
    const deep = Array.from({ length: 50_000 }, (_, at) => span("f", at === 0 ? undefined : at - 1, at, 100_000 - at));
    expect(callTree(deep, 100_000)).toMatchObject([
      { calls: 50_000, recursive: 49_999, totalNs: 100_000, ownNs: 100_000 },
    ]);
  });

  it.each([1, 2])("is what call by call comes to (seed %d)", (seed) => {
    const next = randomFrom(seed);
    const random = (below: number): number => Math.floor(next() * below);
    for (let round = 0; round < 60; round++) {
      const spans: CallSpan[] = [];
      const size = 1 + random(25);
      for (let at = 0; at < size; at++) {
        const parent = at === 0 || random(5) === 0 ? undefined : random(at);
        const startNs = random(40);
        const endNs = random(8) === 0 ? NaN : startNs + random(40);
        spans.push({ key: "abcd"[random(4)] ?? "a", parent, startNs, endNs, hasFailed: random(4) === 0 });
      }
      expect(textOf(spans, callTree(spans, 50)).sort()).toEqual(plainly(spans, 50).sort());
    }
  });
});
