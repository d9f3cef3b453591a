import { describe, expect, it } from "vitest";
import { Lanes } from "./lanes.js";

/** "+2<1" begins span 2 below span 1, "-2" ends it, each step later than the one before; "+3@0": at the first. The lanes of those begun come back in order. */
function lanesOf(story: string): string {
  const lanes = new Lanes();
  const given: number[] = [];
  for (const [time, step] of story.split(" ").entries()) {
    const [who = "", since = time] = step.slice(1).split("@");
    const [span = 0, parent = 0] = who.split("<").map(Number);
    if (step.startsWith("+")) given.push(lanes.begin(span, parent, Number(since)));
    else lanes.end(span, time);
  }
  return given.join(" ");
}

describe("Lanes", () => {
  it.each([
    ["spans one after the other share the first lane", "+1 -1 +2 -2 +3", "0 0 0"],
    ["spans at the same time do not", "+1 +2 +3 -2 +4", "0 1 2 1"],
    ["children go below their parents", "+1 +2<1 +3<2 -3 +4<1", "0 1 2 2"],
    ["a child stays below a parent that has ended", "+1 -1 +2<1 +3", "0 1 0"],
    ["a span told of when it is over goes where no other was meanwhile", "+1 -1 +2@0 -2 +3@4", "0 1 0"],
    ["a parent that nobody knows counts as none", "+1<9 -1 -8 +2", "0 0"],
  ])("%s", (_, story, lanes) => {
    expect(lanesOf(story)).toBe(lanes);
  });

  it("remember a bounded number of ended parents", () => {
    const lanes = new Lanes();
    lanes.begin(1, 0, 0);
    for (let span = 2; span <= 20_000; span++) {
      lanes.begin(span, 1, span);
      lanes.end(span, span);
    }
    expect([lanes.begin(20_001, 20_000, 20_001), lanes.begin(20_002, 2, 20_002)]).toEqual([2, 1]);
  });
});
