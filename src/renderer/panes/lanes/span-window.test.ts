import { describe, expect, it } from "vitest";
import { countInView, firstSpanNs, knownInView, needsFetch, windowAround, spansInView } from "./span-window.js";

const view = (fromNs: number, toNs: number) => ({ fromNs, toNs });

describe("needsFetch", () => {
  const fetched = { range: windowAround(view(1000, 2000)), isReduced: false };

  it("asks for nothing while the view stays within what was fetched", () => {
    expect(
      [view(1000, 2000), view(0, 1000), view(2000, 3000), view(1400, 1500)].map((one) => needsFetch(one, fetched)),
    ).toEqual([false, false, false, false]);
  });

  it("asks when the view leaves it, and at first", () => {
    expect([needsFetch(view(2500, 3500), fetched), needsFetch(view(0, 1), undefined)]).toEqual([true, true]);
  });

  it("asks again for a closer view when spans had been merged", () => {
    expect(needsFetch(view(1400, 1500), { ...fetched, isReduced: true })).toBe(true);
  });

  it("does not mind a view that begins before the recording", () => {
    expect(needsFetch(view(-500, 500), { range: windowAround(view(-500, 500)), isReduced: false })).toBe(false);
  });
});

describe("countInView", () => {
  it("counts spans that overlap the view; one without an end reaches on", () => {
    const spans = { startNs: Float64Array.of(0, 0, 50, 90, 0), endNs: Float64Array.of(9, 10, 60, 95, NaN) };
    expect(countInView(spans, view(10, 80))).toBe(3);
  });

  it("counts all spans that a row stands for", () => {
    const spans = { startNs: Float64Array.of(0, 50), endNs: Float64Array.of(20, 60), counts: Uint32Array.of(1, 700) };
    expect(countInView(spans, view(10, 80))).toBe(701);
  });
});

describe("firstSpanNs", () => {
  it("shows some sixty spans, within reason", () => {
    const first = (durationNs: number, spans: number) => firstSpanNs(durationNs, spans, false);
    expect([first(60e9, 1200), first(1e9, 1e7), first(60e9, 0)]).toEqual([3e9, 50e6, 10e9]);
  });

  it("shows more of a program that still runs, so that what arrives a little later arrives in view", () => {
    expect([firstSpanNs(60e9, 1200, true), firstSpanNs(60e9, 200, true)]).toEqual([2e9, 6e9]);
  });
});

describe("knownInView", () => {
  const fetched = {
    range: view(0, 100),
    spans: { startNs: Float64Array.of(10), endNs: Float64Array.of(20) },
  };

  it("says that there are none only where all of the view was looked at", () => {
    const views = [view(0, 50), view(30, 100), view(90, 140), view(15, 140), view(200, 300)];
    expect(views.map((one) => knownInView(fetched, one))).toEqual([1, 0, undefined, 1, undefined]);
  });
});

describe("spansInView", () => {
  it("has what overlaps the view, open spans too, in the order of their start", () => {
    const spans = {
      startNs: Float64Array.of(50, 10, 90, 10, 30, 0),
      endNs: Float64Array.of(60, 20, 95, 35, NaN, 9),
    };
    const all = Uint32Array.of(0, 1, 2, 3, 4, 5);
    expect([...spansInView(spans, all, { fromNs: 20, toNs: 55 })]).toEqual([1, 3, 4, 0]);
    expect([...spansInView(spans, Uint32Array.of(0, 4), { fromNs: 20, toNs: 55 })]).toEqual([4, 0]);
    expect([...all]).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
