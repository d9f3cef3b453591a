import { describe, expect, it } from "vitest";
import { type PathSpan, criticalPath } from "./critical-path.js";
import { randomTrees, spansOf } from "./spans-text.test-support.js";

const pathOf = (text: string, untilNs = 100): string =>
  criticalPath(spansOf(text), untilNs)
    .map(({ row, fromNs, toNs }) => `${row}:${fromNs}-${toNs}`)
    .join(" ");

describe("criticalPath", () => {
  it("goes into children that were waited for, and is the span's own where none ran", () => {
    expect(pathOf("0-100\n  10-40\n  50-90\n    60-70")).toBe(
      "0:0-10 1:10-40 0:40-50 2:50-60 3:60-70 2:70-90 0:90-100",
    );
  });

  it("of children that run at once follows the one that ends last, and before it began the other", () => {
    expect(pathOf("0-100\n  10-60\n  20-90")).toBe("0:0-10 1:10-20 2:20-90 0:90-100");
  });

  it("is in a call that was given up and made again, and in one that outlasts who made it", () => {
    expect(pathOf("0-100\n  10-45\n  40-80")).toBe("0:0-10 1:10-40 2:40-80 0:80-100");
    expect(pathOf("0-50\n  10-80")).toBe("0:0-10 1:10-50");
    expect(pathOf("0-100\n  0-90\n  10-45\n  50-95")).toBe("1:0-10 2:10-45 1:45-50 3:50-95 0:95-100");
  });

  it("follows what is still open up to now", () => {
    expect(pathOf("0-\n  10-40\n  60-", 100)).toBe("0:0-10 1:10-40 0:40-60 2:60-100");
  });

  it("is empty for nothing, and for what took no time", () => {
    expect([criticalPath([], 5), criticalPath(spansOf("5-5"), 5)]).toEqual([[], []]);
  });

  it.each([1, 2, 3])("is what going back moment by moment finds, seed %d", (seed) => {
    for (const spans of randomTrees(seed, 400)) {
      const moments = criticalPath(spans, 45).flatMap(({ row, fromNs, toNs }) =>
        Array.from({ length: toNs - fromNs }, (_, at) => `${fromNs + at}:${row}`),
      );
      expect(moments).toEqual(momentByMoment(spans, 45));
    }
  });
});

/** The same as it is said, for each moment by itself. */
function momentByMoment(spans: readonly PathSpan[], untilNs: number): readonly string[] {
  const ends: number[] = [];
  for (const { parent, startNs, endNs } of spans) {
    const above = parent === undefined ? untilNs : (ends[parent] ?? untilNs);
    ends.push(Number.isNaN(endNs) ? Math.max(startNs, above) : endNs);
  }
  const childrenOf = (row: number) =>
    spans.flatMap(({ parent, startNs }, at) => {
      const end = ends[at] ?? 0;
      return parent === row && end > startNs ? [{ at, start: startNs, end }] : [];
    });
  const between = (row: number, from: number, to: number): readonly string[] => {
    if (from >= to) return [];
    const ended = childrenOf(row).filter(({ end }) => end > from && end <= to);
    const [last] = ended.sort((a, b) => b.end - a.end || a.start - b.start || a.at - b.at);
    if (last === undefined) return gap(row, from, to);
    const begins = Math.max(last.start, from);
    return [...between(row, from, begins), ...between(last.at, begins, last.end), ...gap(row, last.end, to)];
  };
  const gap = (row: number, from: number, to: number): readonly string[] => {
    if (from >= to) return [];
    const running = childrenOf(row).filter(({ start, end }) => start < to && end > to);
    const [first] = running.sort((a, b) => a.end - b.end || a.start - b.start || a.at - b.at);
    return first === undefined || first.start >= to
      ? [...gap(row, from, to - 1), `${to - 1}:${row}`]
      : [...gap(row, from, Math.max(first.start, from)), ...between(first.at, Math.max(first.start, from), to)];
  };
  return between(0, spans[0]?.startNs ?? 0, ends[0] ?? 0);
}
