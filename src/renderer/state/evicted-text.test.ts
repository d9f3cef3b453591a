import { describe, expect, it } from "vitest";
import { evictedOf } from "./evicted-text.js";

const gone = [
  { fromNs: 0, toNs: 8 },
  // Of another process, beginning where the first ends.
  { fromNs: 8, toNs: 10 },
  { fromNs: 20, toNs: 30 },
];
const at = (pane: string, offsetNs: number, range?: readonly [number, number]): string | undefined => {
  const evicted = evictedOf(pane, {
    offsetNs,
    range: range === undefined ? undefined : { fromNs: range[0], toNs: range[1] },
    gone,
  });
  return evicted === undefined ? undefined : `${evicted.text}, until ${evicted.untilNs}`;
};

describe("what was evicted", () => {
  it("is said by panes that stand on the playhead, with where something is kept again", () => {
    const panes = ["lanes", "metrics", "logs", "events", "state", "notes", "requests"];
    expect(panes.filter((pane) => at(pane, 9) !== undefined)).toEqual(["lanes", "metrics", "logs", "events"]);
    expect([0, 9, 10, 19, 20, 29, 30].map((ns) => at("logs", ns))).toEqual([
      "This instant was evicted, until 10",
      "This instant was evicted, until 10",
      undefined,
      undefined,
      "This instant was evicted, until 30",
      "This instant was evicted, until 30",
      undefined,
    ]);
  });

  it("is said by panes about a stretch, of the stretch", () => {
    expect(["requests", "correlation", "logs"].map((pane) => at(pane, 15, [5, 20]))).toEqual([
      "The beginning of the selected stretch was evicted, until 10",
      "The beginning of the selected stretch was evicted, until 10",
      undefined,
    ]);
    expect([at("requests", 15, [5, 10]), at("requests", 5), at("requests", 5, [12, 18])]).toEqual([
      "The selected stretch was evicted, until 10",
      undefined,
      undefined,
    ]);
  });
});
