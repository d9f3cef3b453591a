import { describe, expect, it } from "vitest";
import { spanStatuses } from "../../../shared/trace/attributes.js";
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";
import { type PlacedSpans, barAt, barsInView, endOf, placeOfSpan } from "./bars.js";
import { callersOf } from "./callers.js";
import { barHeightPx, layOutLanes, layOutTraces, rowPitchPx } from "./lane-layout.js";
import { type SpanStep, orderSpans, singleSpans, spanNear, stepSpan } from "./span-order.js";

/** Spans from lines such as "1/0 10-40 GET" (process/lane, start-end in ns, name); "10-" is open, "!GET" failed. */
function spansOf(...lines: readonly string[]): SpanColumns {
  const parts = lines.map((line) => {
    const [, process = "", lane = "", start = "", end = "", failed = "", name = ""] =
      /^(\d+)\/(\d+) (\d+)-(\d*) (!?)(.*)$/.exec(line) ?? [];
    return { process, lane, start, end, failed, name };
  });
  return {
    truncated: false,
    process: Uint16Array.from(parts, (part) => Number(part.process)),
    lane: Uint16Array.from(parts, (part) => Number(part.lane)),
    startNs: Float64Array.from(parts, (part) => Number(part.start)),
    endNs: Float64Array.from(parts, (part) => (part.end === "" ? NaN : Number(part.end))),
    kind: new Uint8Array(parts.length),
    status: Uint8Array.from(parts, (part) => spanStatuses.indexOf(part.failed === "!" ? "error" : "unset")),
    names: parts.map((part) => part.name),
    spanIds: parts.map((_, i) => `s${i}`),
    traceIds: parts.map(() => "t"),
    parentSpanIds: parts.map(() => ""),
    attributes: parts.map(() => "{}"),
  };
}

function placed(openUntilNs: number, ...lines: readonly string[]): PlacedSpans {
  const spans = spansOf(...lines);
  const { topsPx } = layOutLanes(spans, [...new Set(spans.process)]);
  return { spans, order: orderSpans(spans, topsPx), topsPx, openUntilNs, callers: callersOf(spans) };
}

/** Bars as "name start-end", with ×n when merged and ! when failed. */
function barsText(at: PlacedSpans, view: { fromNs: number; toNs: number; widthPx: number }): readonly string[] {
  const bars = barsInView(at, view);
  return Array.from({ length: bars.count }, (_, bar) => {
    const name = at.spans.names[bars.spans[bar] ?? 0] ?? "";
    const merged = bars.merged[bar] === 1 ? "" : ` ×${String(bars.merged[bar])}`;
    return `${bars.failed[bar] === 1 ? "!" : ""}${name} ${String(bars.startsPx[bar])}-${String(bars.endsPx[bar])}${merged}`;
  });
}

describe("callersOf", () => {
  it("finds the span of another process that called, and only that", () => {
    const spans = spansOf("1/0 0-100 request", "1/1 10-90 fetch", "2/0 20-80 served", "2/0 200-210 alone");
    expect([...callersOf({ ...spans, parentSpanIds: ["", "s0", "s1", "elsewhere"] })]).toEqual([-1, -1, 1, -1]);
  });
});

describe("layOutLanes", () => {
  it("stacks processes and puts each lane one pitch below the one before", () => {
    const layout = layOutLanes(spansOf("1/0 0-9 a", "1/3 0-9 b", "2/0 0-9 c"), [1, 2]);
    const [first, second] = layout.blocks;
    expect(first?.rows).toBe(4);
    expect((layout.topsPx[1] ?? 0) - (layout.topsPx[0] ?? 0)).toBe(3 * rowPitchPx);
    expect(second?.topPx).toBe(first?.heightPx);
    expect(layout.heightPx).toBe((first?.heightPx ?? 0) + (second?.heightPx ?? 0));
  });

  it("gives a process without spans a block of its own", () => {
    const { blocks } = layOutLanes(spansOf(), [1, 2]);
    expect(blocks.map((block) => [block.group, block.rows])).toEqual([
      [1, 0],
      [2, 0],
    ]);
  });
});

describe("layOutTraces", () => {
  it("stacks traces in their order, whichever processes their spans are of", () => {
    const { blocks, topsPx } = layOutTraces(Uint16Array.of(0, 0, 1, 300), Uint16Array.of(0, 2, 0, 1), 301);
    expect([blocks.length, blocks[0]?.rows, blocks[1]?.rows, blocks[300]?.rows]).toEqual([301, 3, 1, 2]);
    expect((topsPx[1] ?? 0) - (topsPx[0] ?? 0)).toBe(2 * rowPitchPx);
    expect((topsPx[2] ?? 0) - (topsPx[0] ?? 0)).toBe(blocks[0]?.heightPx);
    expect((topsPx[3] ?? 0) - (blocks[300]?.topPx ?? 0)).toBe((topsPx[0] ?? 0) + rowPitchPx);
  });
});

describe("barsInView", () => {
  const all = { fromNs: 0, toNs: 1000, widthPx: 100 };

  it("turns instants into pixels and leaves out what lies outside", () => {
    expect(barsText(placed(0, "1/0 100-400 a", "1/0 2000-3000 b"), all)).toEqual(["a 10-40"]);
  });

  it("draws an open span up to the last instant known", () => {
    const at = placed(700, "1/0 100- a");
    expect(barsText(at, all)).toEqual(["a 10-70"]);
    expect(endOf(at, 0)).toBe(700);
  });

  it("merges thin neighbours of a row, and only of that row", () => {
    const at = placed(0, "1/0 100-101 a", "1/0 105-106 b", "1/1 107-108 c", "1/0 500-501 d");
    expect(barsText(at, all)).toEqual(["a 10-12 ×2", "d 50-52", "c 10.699999809265137-12.699999809265137"]);
  });

  it("shows a failure within a merged bar", () => {
    expect(barsText(placed(0, "1/0 100-101 a", "1/0 105-106 !b"), all)).toEqual(["!a 10-12 ×2"]);
  });

  it("never draws more bars than a row has room for, however many spans there are", () => {
    const many = Array.from({ length: 5000 }, (_, i) => `1/0 ${String(i * 10)}-${String(i * 10 + 1)} x`);
    const bars = barsInView(placed(0, ...many), { fromNs: 0, toNs: 50_000, widthPx: 300 });
    let shown = 0;
    for (let bar = 0; bar < bars.count; bar++) shown += bars.merged[bar] ?? 0;
    expect(bars.count).toBeLessThanOrEqual(300);
    expect(shown).toBe(5000);
  });
});

describe("rows of several spans", () => {
  const at = placed(1000, "1/0 0-400 long", "1/0 400-500 !", "1/0 500-900 next", "1/1 0-10 a");
  const spans = { ...at.spans, counts: Uint32Array.of(1, 40, 1, 3) };

  it("are bars that stand for all of them, and show a failure", () => {
    expect(barsText({ ...at, spans }, { fromNs: 0, toNs: 1000, widthPx: 1000 })).toEqual([
      "long 0-400",
      "! 400-500 ×40",
      "next 500-900",
      "a 0-10 ×3",
    ]);
  });

  it("add up with what they are merged with", () => {
    expect(barsText({ ...at, spans }, { fromNs: 0, toNs: 1_000_000, widthPx: 1000 })).toEqual([
      "!long 0-2 ×42",
      "a 0-2 ×3",
    ]);
  });

  it("are stepped over", () => {
    const singles = singleSpans(at.order, spans);
    expect([stepSpan(spans, singles, 0, "next"), stepSpan(spans, singles, 0, "down")]).toEqual([2, undefined]);
    expect(spanNear(spans, singles, 450)).toBe(0);
  });
});

describe("placeOfSpan", () => {
  it("finds a span within a merged bar, and one out of view", () => {
    const at = placed(0, "1/0 100-101 a", "1/0 105-106 b", "1/0 2000-2100 c");
    const view = { fromNs: 0, toNs: 1000, widthPx: 100 };
    expect([1, 2].map((index) => placeOfSpan(at, view, index))).toEqual([
      { startPx: 10.5, endPx: 12.5, topPx: at.topsPx[0] },
      { startPx: 200, endPx: 210, topPx: at.topsPx[0] },
    ]);
  });
});

describe("barAt", () => {
  const at = placed(0, "1/0 100-400 a", "1/1 200-201 b");
  const bars = barsInView(at, { fromNs: 0, toNs: 1000, widthPx: 100 });
  const top = at.topsPx[0] ?? 0;
  const named = (xPx: number, yPx: number) => {
    const bar = barAt(bars, xPx, yPx);
    return bar === undefined ? undefined : at.spans.names[bars.spans[bar] ?? 0];
  };

  it("finds the bar under the pointer, also just beside a thin one", () => {
    expect([named(20, top + 1), named(24, top + rowPitchPx + 2)]).toEqual(["a", "b"]);
  });

  it("finds nothing between rows and beside bars", () => {
    expect([named(20, top + barHeightPx), named(60, top + 1)]).toEqual([undefined, undefined]);
  });
});

describe("stepSpan", () => {
  const at = placed(0, "1/0 0-100 root", "1/1 10-30 left", "1/1 40-90 right", "2/0 50-60 far");
  const step = (from: string, by: SpanStep) => {
    const found = stepSpan(at.spans, at.order, at.spans.names.indexOf(from), by);
    return found === undefined ? undefined : at.spans.names[found];
  };

  it("walks a row and stops at its ends", () => {
    expect([step("left", "next"), step("right", "next"), step("right", "previous")]).toEqual([
      "right",
      undefined,
      "left",
    ]);
  });

  it("goes up and down to the nearest in time, across processes", () => {
    expect([step("root", "down"), step("right", "down"), step("far", "up")]).toEqual(["left", "far", "right"]);
  });

  it("knows the first and the last", () => {
    expect([step("left", "first"), step("left", "last")]).toEqual(["root", "far"]);
  });
});

describe("spanNear", () => {
  it("takes the topmost span over an instant, else the closest", () => {
    const { spans, order } = placed(0, "1/0 0-10 a", "1/1 5-8 b", "1/0 100-110 c");
    const named = (ns: number) => spans.names[spanNear(spans, order, ns) ?? -1];
    expect([named(6), named(90)]).toEqual(["a", "c"]);
  });
});
