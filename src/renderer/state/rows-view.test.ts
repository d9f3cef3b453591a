import { describe, expect, it } from "vitest";
import { ok } from "../../shared/base/result.js";
import { openTestRecording, second, settled, summaryOf, testEngine, testFrames } from "./engine.test-support.js";
import { Playhead } from "./playhead.svelte.js";
import { RowFiltering } from "./row-filter.svelte.js";
import { type RowSource, RowsView } from "./rows-view.svelte.js";
import { Selection } from "./selection.svelte.js";

interface Numbers {
  readonly first: number;
  readonly total: number;
  readonly timeNs: Float64Array;
}

const total = 100_000;

/** A list of rows a millisecond apart; `asked` are the first rows of the pages that were asked for, and the instants. */
function setUp() {
  const asked: string[] = [];
  const recording = openTestRecording(testEngine({}), summaryOf(total / 1000));
  const playhead = new Playhead(recording, testFrames());
  const rowOf = (_: Numbers, _i: number, row: number) => {
    return { row, process: 1, seq: row, timeNs: row * 1e6, spanId: "", traceId: "" };
  };
  const source: RowSource<Numbers, ReturnType<typeof rowOf>> = {
    page: (_filter, first, limit) => {
      asked.push(String(first));
      const count = Math.min(limit, total - first);
      return Promise.resolve(ok({ first, total, timeNs: new Float64Array(count) }));
    },
    rowAt: (_filter, instant) => {
      const row = Math.min(Math.floor(recording.offsetFromInstant(instant) / 1e6), total - 1);
      asked.push(`at ${row}`);
      return Promise.resolve(ok({ row, total }));
    },
    rowOf,
    detailsOf: () => [],
    total: () => total,
    evicted: () => 0,
  };
  const view = new RowsView(recording, playhead, new Selection(), { source, filter: new RowFiltering() });
  return { asked, playhead, view };
}

describe("a list of records", () => {
  it("asks for its end at once where the playhead is, and for no other page", async () => {
    const { asked, view } = setUp();
    view.takeTotal();
    view.loadVisible();
    view.loadAround();
    await settled();
    view.show(total - 40, total);
    view.loadVisible();
    await settled();
    expect(asked).toEqual(["at 99999", "99800"]);
  });

  it("reads the rows it goes to before it goes, instead of those it leaves", async () => {
    const { asked, playhead, view } = setUp();
    playhead.moveTo(50 * second);
    view.loadAround();
    await settled();
    expect([view.currentRow, view.bring(49_990, 50_010)]).toEqual([50_000, false]);
    view.loadVisible();
    await settled();
    // They lie in two pages, which are asked for one after the other.
    expect(view.bring(49_990, 50_010)).toBe(false);
    view.loadVisible();
    await settled();
    expect([view.bring(49_990, 50_010), view.lineAt(50_000)?.row]).toEqual([true, 50_000]);
    expect(asked).toEqual(["at 50000", "49800", "50000"]);
  });

  it("stays where a hand put it meanwhile", async () => {
    const { asked, playhead, view } = setUp();
    playhead.moveTo(50 * second);
    view.loadAround();
    await settled();
    view.bring(49_990, 50_010);
    view.stay();
    view.show(2000, 2020);
    view.loadVisible();
    await settled();
    expect(asked).toEqual(["at 50000", "2000"]);
  });
});
