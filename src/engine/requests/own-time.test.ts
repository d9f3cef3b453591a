import { describe, expect, it } from "vitest";
import type { PathSpan } from "./critical-path.js";
import { ownTimes } from "./own-time.js";
import { randomTrees, spansOf } from "./spans-text.test-support.js";

const ownOf = (text: string, untilNs = 100): string => ownTimes(spansOf(text), () => untilNs).join(" ");

describe("ownTimes", () => {
  it("is what no child was under way in", () => {
    expect(ownOf("0-100\n  10-40\n    20-30\n  50-90")).toBe("30 20 10 40");
  });

  it("counts the time of children that run at once only once", () => {
    expect(ownOf("0-100\n  10-60\n  20-50\n  40-80")).toBe("30 50 30 40");
  });

  it("counts of a child that outlives its parent, or began before it, what lies within", () => {
    expect(ownOf("10-50\n  20-80")).toBe("10 60");
    expect(ownOf("10-50\n  0-20\n  60-90")).toBe("30 20 30");
  });

  it("looks at what is open as it is now, also at a child of what has ended", () => {
    expect(ownOf("0-\n  10-40\n  60-", 100)).toBe("30 30 40");
    expect(ownOf("0-50\n  10-", 100)).toBe("10 90");
  });

  it("is never below nothing", () => {
    expect(ownOf("5-5\n  5-9")).toBe("0 4");
    expect([...ownTimes([], () => 5)]).toEqual([]);
  });

  it.each([1, 2, 3])("is what counting moment by moment finds, seed %d", (seed) => {
    for (const spans of randomTrees(seed, 400))
      expect([...ownTimes(spans, () => 45)]).toEqual(spans.map((_, row) => momentByMoment(spans, row, 45)));
  });
});

function momentByMoment(spans: readonly PathSpan[], row: number, untilNs: number): number {
  const { startNs = 0, endNs = 0 } = spans[row] ?? {};
  const lastNs = Number.isNaN(endNs) ? untilNs : endNs;
  let own = 0;
  for (let moment = startNs; moment < lastNs; moment++)
    if (!spans.some(({ parent, startNs: from, endNs: to }) => parent === row && from <= moment && !(to <= moment)))
      own++;
  return own;
}
