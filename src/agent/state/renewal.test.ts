import { describe, expect, it } from "vitest";
import { ObjectGraph } from "../../engine/replay/object-graph.js";
import { createStateTracker } from "./index.js";
import { WritesOnly, recordedText, unhurried } from "./recorded-state.test-support.js";

/** Loses whatever it is given while `isLosing`, as a full ring does. */
class Losing extends WritesOnly {
  isLosing = false;

  override write(...given: Parameters<WritesOnly["write"]>): void {
    if (this.isLosing) this.lostWrites++;
    else super.write(...given);
  }
}

function shopWithLoss() {
  const sink = new Losing();
  const tracker = createStateTracker(sink, { ...unhurried });
  const shop = { total: 1, lines: [{ article: "a" }], note: new Map([["k", 1]]) };
  tracker.track("shop", shop);
  tracker.boundary();
  sink.isLosing = true;
  shop.total = 2;
  shop.lines.push({ article: "b" });
  tracker.boundary();
  sink.isLosing = false;
  return { sink, tracker, shop };
}

describe("tracked state after writes were lost", () => {
  it("is recorded anew, whole, each object saying since when it was uncertain", () => {
    const { sink, tracker } = shopWithLoss();
    const sinceMs = sink.writes.length === 0 ? 0 : sink.nowMs;
    sink.forget();
    for (let look = 0; look < 3; look++) tracker.boundary();
    expect(sink.kinds()).toBe("contents contents contents contents contents scope");
    expect(sink.writes.every(({ afterMs }) => afterMs > 0 && afterMs < sinceMs)).toBe(true);
    const renewed = ObjectGraph.empty();
    for (const { operation } of sink.writes) renewed.apply(operation);
    expect(recordedText(renewed, "shop")).toBe(recordedText(sink.graph, "shop"));
    expect(recordedText(renewed, "shop")).toContain("b");
  });

  it("waits until there is plenty of room, and is then left alone", () => {
    const { sink, tracker } = shopWithLoss();
    sink.hasPlenty = false;
    sink.forget();
    for (let look = 0; look < 3; look++) tracker.boundary();
    expect(sink.kinds()).toBe("");
    sink.hasPlenty = true;
    for (let look = 0; look < 6; look++) tracker.boundary();
    expect(sink.kinds().match(/scope/g)).toHaveLength(1);
  });
});
