import { describe, expect, it } from "vitest";
import { openTestRecording, second, settled, start, summaryOf, testEngine, testFrames } from "./engine.test-support.js";
import { Playhead } from "./playhead.svelte.js";
import { playheadShare, TimeRange } from "./time-range.svelte.js";
import { shortestSpanNs } from "./time-scale.js";

const setUp = (seconds: number, spanSeconds?: number, state: "live" | "saved" = "saved") => {
  const engine = testEngine({});
  const recording = openTestRecording(engine, summaryOf(seconds, state));
  const playhead = new Playhead(recording, testFrames());
  const range = new TimeRange(recording, playhead, spanSeconds === undefined ? undefined : spanSeconds * second);
  return { engine, playhead, range };
};
const shown = (range: TimeRange) => [range.fromNs / second, range.toNs / second].map((n) => Number(n.toFixed(3)));
const share = (range: TimeRange, playhead: Playhead) => (playhead.offsetNs - range.fromNs) / range.spanNs;

describe("TimeRange", () => {
  it("shows the whole recording, also as it grows", async () => {
    const { engine, range } = setUp(10, undefined, "live");
    await settled();
    engine.notify({ kind: "recording-changed", summary: summaryOf(25, "live") });
    await settled();
    expect(shown(range)).toEqual([0, 25]);
    expect(range.showsAll).toBe(true);
  });

  it("shows all that is kept and a little of what was evicted, and goes back no further", async () => {
    const { engine, range, playhead } = setUp(10, undefined, "live");
    await settled();
    const none = { events: 1, spans: 0, logs: 0, metrics: 0, writes: 0, marks: 0 };
    const evicted = { until: start + 80n * BigInt(second), ...none };
    engine.notify({ kind: "recording-changed", summary: { ...summaryOf(100, "live"), evicted } });
    await settled();
    expect(shown(range)).toEqual([79.2, 100]);
    playhead.moveTo(90 * second);
    range.zoomAbout(0.5, 90 * second);
    range.pan(-100 * second);
    expect(shown(range)[0]).toBeGreaterThan(75);
    range.zoomAbout(100, 90 * second);
    expect([range.showsAll, ...shown(range)]).toEqual([true, 79.2, 100]);
  });

  it("begins with everything and takes its own length once the recording is longer", async () => {
    const { engine, range, playhead } = setUp(1, 4, "live");
    await settled();
    expect(shown(range)).toEqual([0, 1]);
    engine.notify({ kind: "recording-changed", summary: summaryOf(30, "live") });
    await settled();
    expect(range.spanNs).toBe(4 * second);
    expect(share(range, playhead)).toBeCloseTo(playheadShare);
  });

  it("shows one instant as the shortest range there is, and comes out of it again", () => {
    const { range } = setUp(100);
    range.show({ fromNs: 5 * second, toNs: 5 * second });
    expect(range.spanNs).toBe(shortestSpanNs);
    range.zoomAbout(1e6, 5 * second);
    expect(range.spanNs).toBe(second);
  });

  it("brings the playhead to 66 % when it leaves the view", () => {
    const { range, playhead } = setUp(100, 10);
    playhead.moveTo(50 * second);
    expect(share(range, playhead)).toBeCloseTo(playheadShare);
    const before = shown(range);
    playhead.moveTo(51 * second);
    expect(shown(range)).toEqual(before);
  });

  it("stays still under a dragging hand and follows when it lets go", () => {
    const { range, playhead } = setUp(100, 10);
    const before = shown(range);
    playhead.scrubTo(80 * second);
    expect(shown(range)).toEqual(before);
    playhead.endScrub();
    expect(share(range, playhead)).toBeCloseTo(playheadShare);
  });

  it("stops following when panned and follows again when told", () => {
    const { range, playhead } = setUp(100, 10);
    playhead.moveTo(50 * second);
    range.pan(2 * second);
    expect(range.follows).toBe(false);
    const before = shown(range);
    playhead.moveTo(before[1] === undefined ? 0 : (before[1] - 0.1) * second);
    expect(shown(range)).toEqual(before);
    range.setFollows(true);
    expect(share(range, playhead)).toBeCloseTo(playheadShare);
  });

  it("shows a jump out of view even when not following", () => {
    const { range, playhead } = setUp(100, 10);
    range.setFollows(false);
    playhead.moveTo(90 * second);
    expect(share(range, playhead)).toBeCloseTo(playheadShare);
  });

  it("zooms about the playhead and back out to everything", () => {
    const { range, playhead } = setUp(100);
    playhead.moveTo(50 * second);
    range.zoomAboutPlayhead(0.5);
    expect(range.spanNs).toBe(50 * second);
    expect(share(range, playhead)).toBeCloseTo(playheadShare);
    range.fitAll();
    expect(shown(range)).toEqual([0, 100]);
  });

  it("is after a reload what it was before, also where it reaches past the end", () => {
    const keptAfter = (act: (range: TimeRange) => void) => {
      const before = setUp(100, 10);
      act(before.range);
      const after = setUp(100, 10);
      if (before.range.kept !== undefined) after.range.restore(before.range.kept);
      expect(shown(after.range)).toEqual(shown(before.range));
      return before.range.kept;
    };
    expect(keptAfter((range) => range.show({ fromNs: 20 * second, toNs: 30 * second }))?.kind).toBe("range");
    expect(keptAfter((range) => range.setFollows(true))).toEqual({
      kind: "range",
      fromNs: 93.4 * second,
      toNs: 103.4 * second,
    });
    expect(keptAfter((range) => range.fitAll())).toEqual({ kind: "all" });
  });

  it("keeps nothing where it shows what it would begin with anyway", () => {
    expect([setUp(100).range.kept, setUp(1, 4).range.kept]).toEqual([undefined, undefined]);
  });

  it("keeps but its length while it follows a live recording", async () => {
    const { range } = setUp(100, 10, "live");
    expect(range.kept).toEqual({ kind: "span", spanNs: 10 * second });
    const later = setUp(200, 2, "live");
    await settled();
    later.range.restore({ kind: "span", spanNs: 10 * second });
    expect(later.range.spanNs).toBe(10 * second);
    expect(share(later.range, later.playhead)).toBeCloseTo(playheadShare);
  });
});
