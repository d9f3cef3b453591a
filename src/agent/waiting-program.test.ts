import { describe, expect, it } from "vitest";
import { RingMemory, control } from "./ring.js";
import { WaitingProgram } from "./waiting-program.js";

describe("WaitingProgram", () => {
  it("knows whether something that a thread said is still on its way", () => {
    const memory = RingMemory.allocate(64 * 1024);
    const program = new WaitingProgram(memory, () => undefined);
    expect(program.isHeard).toBe(true);
    Atomics.add(memory.control, control.said, 2);
    Atomics.store(memory.control, control.stop, 1);
    program.noteHeard();
    expect(program).toMatchObject({ hasStopped: true, isHeard: false });
    program.noteHeard();
    expect(program.isHeard).toBe(true);
  });
});
