import { describe, expect, it } from "vitest";
import { Overflow, maxWaitMs } from "./overflow.js";
import { RingMemory, RingWriter, control } from "./ring.js";

/** A full ring, and a clock of which each look passes a tenth of a second; `onLook` is what happens elsewhere meanwhile. */
function waitingAtFullRing(onLook: (looks: number, memory: RingMemory) => void, stepMs = 100) {
  const memory = RingMemory.allocate(4096);
  const ring = new RingWriter(memory);
  ring.put(new Int32Array(1024), 4096);
  let looks = 0;
  const overflow = new Overflow(memory, "block", () => {
    onLook(++looks, memory);
    return looks * stepMs;
  });
  return { hasRoom: (bytes = 8) => overflow.makeRoom(ring, bytes), looks: () => looks, memory };
}

const acknowledge = (memory: RingMemory) => Atomics.add(memory.control, control.gettingOn, 1);
const makeRoom = (memory: RingMemory) => Atomics.add(memory.control, control.tail, 4096);

describe("a program that waits for room", () => {
  it("goes on waiting as long as the engine acknowledges something", () => {
    const { hasRoom } = waitingAtFullRing((looks, memory) => {
      acknowledge(memory);
      if (looks === 250) makeRoom(memory);
    });
    expect(hasRoom()).toBe(true);
  });

  it("waits no longer than stated for an engine that does nothing, all records together, until it gets on", () => {
    const { hasRoom, looks, memory } = waitingAtFullRing(() => undefined);
    expect(hasRoom()).toBe(false);
    const waited = looks();
    expect((waited - 1) * 100).toBe(maxWaitMs);
    expect(hasRoom()).toBe(false);
    expect(looks()).toBe(waited + 1);
    acknowledge(memory);
    expect(hasRoom()).toBe(false);
    expect(looks()).toBeGreaterThan(waited + 2);
  });

  it("does not take time in which it stood still itself for the engine's", () => {
    const { hasRoom } = waitingAtFullRing((looks, memory) => looks === 4 && makeRoom(memory), 20_000);
    expect(hasRoom()).toBe(true);
  });

  it("does not wait for room that there will never be", () => {
    const { hasRoom, looks } = waitingAtFullRing(() => undefined);
    expect(hasRoom(8192)).toBe(false);
    expect(looks()).toBe(0);
  });
});
