import { describe, expect, it } from "vitest";
import { readRecords } from "../shared/protocol/agent-record-codec.js";
import { grownRingBytes, overflowPolicies } from "../shared/protocol/agent-wire.js";
import { SpanContext } from "./context.js";
import { Intake } from "./intake.js";
import { joined } from "./joined.js";
import { MemoryWatch } from "./memory-watch.js";
import { Recorder } from "./recorder.js";
import { RingSize, leastRingBytes, reportRingSize } from "./ring-size.js";
import { RingMemory, RingWriter, control } from "./ring.js";

const asked = 4 * leastRingBytes;

function sized() {
  const memory = RingMemory.allocate(asked);
  const seen = new RingMemory(memory.shared);
  const clock = { ms: 0 };
  const may = (bytes: number): void => void Atomics.store(memory.control, control.mostBytes, bytes);
  const hand = (records: SharedArrayBuffer): boolean => {
    seen.offer(records);
    return true;
  };
  const size = new RingSize(memory, hand, () => clock.ms);
  const pass = (seconds: number): string[] => {
    const told: string[] = [];
    for (let n = 0; n < seconds; n++) {
      clock.ms += 1000;
      seen.follow();
      told.push(...size.look().map(({ because, from, to }) => `${because} ${from / asked} ${to / asked}`));
    }
    return told;
  };
  return { memory, seen, size, may, pass };
}

const changeIn = (attributes: Readonly<Record<string, unknown>>): unknown[] =>
  ["because", "from", "to"].map((what) => attributes[`hindcast.ring.${what}`]);

describe("the size of the ring", () => {
  it("grows while it is full, when the worker has followed, up to its bound, and shrinks when it is quiet", () => {
    const { memory, seen, size, may, pass } = sized();
    expect(size.grow()).toBe(false); // nobody has looked at the memory yet
    may(grownRingBytes(asked));
    expect([size.grow(), size.grow()]).toEqual([true, false]);
    seen.follow();
    expect([size.grow(), memory.size / asked]).toEqual([true, 4]);
    seen.follow();
    expect([size.grow(), memory.size / asked]).toEqual([false, 4]);
    expect(pass(29)).toEqual(["full 1 2", "full 2 4"]);
    expect(pass(2)).toEqual(["quiet 4 1"]);
    expect(pass(100)).toEqual([]);
  });

  it("gives back what it can when memory runs short, and takes no more until there is some again", () => {
    const { memory, size, may, pass } = sized();
    may(leastRingBytes);
    expect(pass(3)).toEqual(["memory 1 0.25"]);
    expect(size.grow()).toBe(false);
    may(grownRingBytes(asked));
    expect(pass(3)).toEqual(["memory 0.25 1"]);
    expect(memory.size).toBe(asked);
  });

  it.each(overflowPolicies)("loses nothing while there may be more of it, and tells what it did (%s)", (policy) => {
    const memory = RingMemory.allocate(leastRingBytes);
    const seen = new RingMemory(memory.shared);
    const intake = new Intake(seen);
    const noFault = (error: unknown): never => {
      throw error;
    };
    const recorder = new Recorder(new RingWriter(memory), new SpanContext(), () => 0, noFault, policy);
    const size = new RingSize(
      memory,
      (records) => {
        seen.offer(records);
        return true;
      },
      () => 0,
    );
    recorder.growBy(() => size.grow());
    const report = reportRingSize(size, recorder);
    Atomics.store(memory.control, control.mostBytes, grownRingBytes(leastRingBytes));
    const count = 13_000; // more than the ring holds, less than twice of that
    const orders: unknown[] = [];
    const story: string[] = [];
    const take = (): void => {
      for (let chunk = intake.take(2 ** 16); chunk !== undefined; chunk = intake.take(2 ** 16))
        for (const record of readRecords(joined([chunk.definitions, chunk.records])))
          if (record.kind === "event") orders.push(record.attributes["n"] ?? changeIn(record.attributes));
          else if (record.kind === "metric") orders.push(`metric ${record.value}`);
          else if (record.kind === "gap") story.push(`gap ${record.lost}`);
    };
    for (let n = 0; n < count; n++) recorder.event("order", { n, text: "x".repeat(40) });
    report();
    take();
    // What would have been lost where the ring is full is said now.
    report();
    take();
    expect(story).toEqual([]);
    expect(orders).toEqual([
      ...Array.from({ length: count }, (_, n) => n),
      ...[`metric ${2 * leastRingBytes}`, "metric 1"],
      ["full", leastRingBytes, 2 * leastRingBytes],
    ]);
    // What has followed once can follow again.
    for (let n = 0; n < 2 * count; n++) recorder.event("order", { n, text: "x".repeat(40) });
    take();
    expect([story, orders.length, memory.size]).toEqual([[], 3 * count + 3, 4 * leastRingBytes]);
  });

  it("has the oldest given up in the bytes that they are in", () => {
    const memory = RingMemory.allocate(4096);
    const seen = new RingMemory(memory.shared);
    const intake = new Intake(seen);
    const noFault = (error: unknown): never => {
      throw error;
    };
    const recorder = new Recorder(new RingWriter(memory), new SpanContext(), () => 0, noFault, "drop-oldest");
    let changes = 0;
    recorder.growBy(() => {
      if (changes > 0) return false;
      changes++;
      const records = new SharedArrayBuffer(8192);
      seen.offer(records);
      memory.change(records);
      return true;
    });
    const count = 600;
    for (let n = 0; n < count; n++) recorder.event("e", { n });
    const kept: unknown[] = [];
    let lost = 0;
    for (let chunk = intake.take(1000); chunk !== undefined; chunk = intake.take(1000))
      for (const record of readRecords(joined([chunk.definitions, chunk.records])))
        if (record.kind === "event") kept.push(record.attributes["n"]);
        else if (record.kind === "gap") lost += record.lost;
    expect([changes, kept.length + lost]).toEqual([1, count]);
    expect(kept.length).toBeGreaterThan(100);
    expect(kept).toEqual(Array.from({ length: kept.length }, (_, n) => count - kept.length + n));
  });
});

describe("memory that is left", () => {
  it("allows the ring all it may have until little is left, and again when there is enough", () => {
    const watch = new MemoryWatch(4 * leastRingBytes);
    const nothing = { heap: 0.1, container: 0, machine: 0.1 };
    const times = (...uses: readonly object[]): number[] =>
      uses.map((use) => watch.look({ ...nothing, ...use }) / leastRingBytes);
    expect(times({}, { heap: 0.95 }, { heap: 0.85 }, { heap: 0.7 })).toEqual([4, 1, 1, 4]);
    expect(times({ container: 0.91 }, {}, { machine: 0.97 }, {})).toEqual([1, 4, 1, 4]);
  });
});
