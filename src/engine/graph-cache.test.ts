import { describe, expect, it } from "vitest";
import { taggedJson } from "../shared/trace/tagged-json.js";
import { instant, processId, seq } from "../shared/trace/time.js";
import type { RecordedWrite, WriteReader } from "../shared/trace/write.js";
import { GraphCache } from "./graph-cache.js";
import { changeBy } from "./replay/change.js";
import type { ObjectGraph } from "./replay/object-graph.js";
import { type UpTo, isUpTo, stateAt } from "./replay/state-at.js";
import { LiveProgram, randomFrom } from "./replay/live-program.test-support.js";
import { WriteLog } from "./write-log.js";

const jsonOf = (graph: ObjectGraph): string => {
  const root = graph.scopes().get("s");
  return root === undefined ? "absent" : JSON.stringify(taggedJson(root, graph.contentsOf));
};

/** A store whose recording grows: what it has is what was committed. */
class GrowingStore implements WriteReader {
  committed = 0;
  reads = 0;

  constructor(readonly writes: readonly RecordedWrite[]) {}

  async read(_process: unknown, after: number, upTo: UpTo): Promise<readonly RecordedWrite[]> {
    this.reads++;
    await Promise.resolve();
    return this.writes.slice(0, this.committed).filter((write) => write.seq > after && isUpTo(write, upTo));
  }
}

function programWrites(seed: number): readonly RecordedWrite[] {
  const program = new LiveProgram(seed);
  for (let change = 0; change < 400; change++) program.step();
  // Some writes share an instant, as they may.
  return program.writes.map((write, at) => (at % 3 === 0 ? write : { ...write, instant: instant(write.instant - 5n) }));
}

describe.each([
  ["kept in memory", 1_000_000],
  ["read from the store each time", 10],
])("the cached graph, writes %s", (_, maxKept) => {
  it.each([1, 2, 3, 4, 5, 6])(
    "is the plain fold at any position, while the recording grows (seed %i)",
    async (seed) => {
      const below = randomFrom(seed * 7919);
      const store = new GrowingStore(programWrites(seed));
      const writes = new WriteLog(store, () => store.committed, maxKept);
      const cache = new GraphCache(writes, { every: 1 + below(40), most: 1 + below(6) });
      for (let round = 0; round < 150; round++) {
        store.committed = Math.min(store.writes.length, store.committed + below(20));
        const place = below(store.committed + 5);
        const upTo: UpTo = below(2) === 0 ? { seq: seq(place) } : { instant: instant(BigInt(place * 10 - below(10))) };
        const committed = store.writes.slice(0, store.committed);
        const expected = stateAt(committed, upTo);
        const last = committed.findLast((write) => isUpTo(write, upTo));
        const before = last === undefined ? undefined : stateAt(committed, { seq: seq(last.seq - 1) });
        const answer = await cache.at(processId(1), upTo, (position) => ({
          json: jsonOf(position.graph),
          seq: position.last?.seq,
          change: position.change,
        }));
        expect(answer).toEqual({
          json: jsonOf(expected),
          seq: last?.seq,
          change: before === undefined || last === undefined ? { kind: "none" } : changeBy(before, last.operation),
        });
      }
    },
  );

  it("answers questions asked at once, each with its own position", async () => {
    const store = new GrowingStore(programWrites(9));
    store.committed = store.writes.length;
    const cache = new GraphCache(new WriteLog(store, () => 1, maxKept), { every: 10, most: 4 });
    const places = [300, 5, 120, 5, 299].map((place) => ({ seq: seq(place) }));
    const answers = await Promise.all(places.map((upTo) => cache.at(processId(1), upTo, ({ graph }) => jsonOf(graph))));
    expect(answers).toEqual(places.map((upTo) => jsonOf(stateAt(store.writes, upTo))));
  });
});

describe("WriteLog", () => {
  it("reads a saved recording's writes once", async () => {
    const store = new GrowingStore(programWrites(2));
    store.committed = store.writes.length;
    const log = new WriteLog(store, () => 1);
    const parts = await Promise.all([1, 2, 3].map((after) => log.read(processId(1), seq(after), { seq: seq(20) })));
    expect([store.reads, parts.map((part) => part.length)]).toEqual([1, [19, 18, 17]]);
  });
});
