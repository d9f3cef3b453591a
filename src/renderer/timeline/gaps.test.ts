import { describe, expect, it } from "vitest";
import { type Gap, gapRegions, gapWords } from "./gaps.js";

const gap = (sinceNs: number, offsetNs: number, lost = 1, label = "records dropped: too fast"): Gap => ({
  kind: "gap",
  sinceNs,
  offsetNs,
  lost,
  label,
});
const textOf = (marks: readonly Gap[], toNs = 1000) =>
  gapRegions(marks, { fromNs: 0, toNs }, 100)
    .map(({ fromPx, toPx, gaps }) => `${fromPx}-${toPx} ${gaps.length}`)
    .join(", ");

describe("gapRegions", () => {
  it("reaches from the last record kept to the first one after, in pixels of the view", () => {
    expect(textOf([gap(100, 300), gap(600, 700)])).toBe("10-30 1, 60-70 1");
  });

  it("is wide enough to be seen however short the gap", () => {
    expect(textOf([gap(500, 500)])).toBe("45-50 1");
  });

  it("makes one of gaps that touch, also where a long one holds a short one", () => {
    expect(textOf([gap(100, 600), gap(200, 300), gap(610, 700)])).toBe("10-70 3");
  });

  it("leaves out what is not in view, and marks that are not gaps", () => {
    expect(textOf([gap(1200, 1500), { ...gap(0, 300), kind: "error" }])).toBe("");
  });
});

describe("gapWords", () => {
  it("says of what was left out on purpose by which stage, and hatches nothing", () => {
    const filtered = { ...gap(0, 1, 7, "left out by stage 2 drop event a(b) (7 events)"), reason: "filtered" };
    const more = { ...filtered, lost: 1, label: "left out by stage 2 drop event a(b) (1 event)" };
    expect(gapWords([filtered, more])).toEqual(["8 records left out by stage 2 drop event a(b)"]);
    expect(gapRegions([filtered], { fromNs: 0, toNs: 10 }, 100)).toEqual([]);
  });

  it("adds up what was lost for each reason", () => {
    expect(
      gapWords([gap(0, 1, 1200), gap(2, 3, 4), gap(4, 5, 1, "records dropped: Hindcast could not be reached")]),
    ).toEqual(["1\u2009204 records lost here: too fast", "1 record lost here: Hindcast could not be reached"]);
  });

  it("says that records may be missing where nobody knows how many", () => {
    expect(gapWords([gap(0, 1, 0, "records may be missing: the connection was lost")])).toEqual([
      "Records may be missing here: the connection was lost",
    ]);
  });

  it("does not call lost what was evicted, and adds it up for all processes", () => {
    const label = "evicted to keep the recording within its limits: 1,500 events";
    const evicted = { ...gap(0, 1, 1500, label), reason: "evicted" };
    expect(gapWords([evicted, { ...evicted, lost: 3, label: "evicted …: 3 logs" }, gap(2, 3, 4)])).toEqual([
      "4 records lost here: too fast",
      "1\u2009503 records evicted here to keep the recording within its limits",
    ]);
  });

  it("says that recording was paused, of all gaps together, and of no loss", () => {
    const label = "recording was paused (3 log lines)";
    const paused = [3, 1].map((lost) => ({ ...gap(0, 1, lost, label), reason: "paused" }));
    expect(gapWords(paused)).toEqual(["Recording was paused here: 4 records were not kept"]);
  });

  it("says how long the program stood still, and of nothing that is missing", () => {
    const label = "stood still for 2.5 s: the program or the machine was suspended";
    expect(gapWords([{ ...gap(0, 1, 0, label), reason: "suspended" }])).toEqual([`The program ${label}`]);
  });
});
