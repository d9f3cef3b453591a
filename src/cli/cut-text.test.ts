import { describe, expect, it } from "vitest";
import { clockText, movedText, withinText } from "./cut-text.js";

describe("what is said of several processes", () => {
  it("is how much earlier a process is shown, and why", () => {
    expect(movedText(undefined)).toBeUndefined();
    expect(movedText({ movedNs: 0n, moved: [] })).toBeUndefined();
    expect(movedText({ movedNs: -2_500_000_000n, moved: [] })).toMatch(
      /^Shown as it was 2\.500 s earlier by its own clock: /,
    );
  });

  it("is within how much real time all are shown, where clocks were measured", () => {
    expect(withinText({ movedNs: 0n, moved: [] })).toBe("");
    expect(withinText({ movedNs: 0n, uncertaintyNs: 310_000n, moved: [] })).toBe(
      "; all processes as they were within 310.0 µs",
    );
  });

  it("is how far each clock is from Hindcast's", () => {
    const process = {
      process: 1,
      pid: 1,
      kind: "process",
      serviceName: "",
      argv: [],
      cwd: "",
      nodeVersion: "",
      level: "requests",
    } as const;
    const text = (offsetNs: bigint, isOneOfSeveral = true) =>
      clockText(
        {
          ...process,
          argv: [],
          start: 0n,
          lastSeen: 0n,
          category: 1,
          written: 0,
          dropped: 0,
          clock: { offsetNs, uncertaintyNs: 80_000n },
        },
        isOneOfSeveral,
      );
    expect([text(-900_000n, false), text(1_000_000n, false).length]).toEqual([[], 1]);
    expect([text(-3_000_000_000n), text(1_000_000n), text(-70_000n)].flat()).toEqual([
      "     clock: 3.000 s behind Hindcast's, ± 80.0 µs",
      "     clock: 1.00 ms ahead of Hindcast's, ± 80.0 µs",
      "     clock: as Hindcast's, ± 80.0 µs",
    ]);
  });
});
