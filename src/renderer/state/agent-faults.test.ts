import { describe, expect, it } from "vitest";
import { faultsOf } from "./agent-faults.svelte.js";

describe("faultsOf", () => {
  it("adds up what each process counted, and nothing else", () => {
    const series = [
      { name: "hindcast.agent.faults", max: 3 },
      { name: "v8js.memory.heap.used", max: 1e6 },
      { name: "hindcast.agent.faults", max: 1 },
    ];
    expect([faultsOf(series), faultsOf([])]).toEqual([4, 0]);
  });
});
