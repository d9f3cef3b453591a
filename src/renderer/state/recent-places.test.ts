import { describe, expect, it } from "vitest";
import { openTestRecording, summaryOf, testEngine } from "./engine.test-support.js";
import { Playhead } from "./playhead.svelte.js";
import { mostRecentPlaces, RecentPlaces } from "./recent-places.svelte.js";

describe("RecentPlaces", () => {
  it("are where the playhead jumped or was dragged to, the last first, each once", () => {
    const playhead = new Playhead(openTestRecording(testEngine({}), summaryOf(100)));
    const places = new RecentPlaces(playhead);
    for (const seconds of [1, 2, 3]) playhead.moveTo(seconds * 1e9);
    playhead.scrubTo(4e9);
    playhead.scrubTo(5e9);
    playhead.endScrub();
    playhead.moveTo(2e9 + 10);
    expect(places.instants.map(({ offsetNs }) => offsetNs / 1e9)).toEqual([2.00000001, 5, 3, 1]);
    for (let seconds = 10; seconds < 30; seconds++) playhead.moveTo(seconds * 1e9);
    expect(places.instants).toHaveLength(mostRecentPlaces + 1);
  });

  it("hold the spans that were looked at", () => {
    const places = new RecentPlaces(new Playhead(openTestRecording(testEngine({}), summaryOf(1))));
    const span = (spanId: string) => ({ process: 1, spanId, traceId: "t" });
    for (const id of ["a", "b", "a", "c", "d", "e", "f"]) places.lookedAt(span(id));
    expect(places.spans.map(({ spanId }) => spanId)).toEqual(["f", "e", "d", "c", "a"]);
  });
});
