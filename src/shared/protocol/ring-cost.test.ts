import { describe, expect, it } from "vitest";
import { defaultDelivery } from "./agent-wire.js";
import { ringBytesAtFirst, ringCost, ringOwnersText } from "./ring-cost.js";

const ring = (
  bytes: number,
  start: bigint,
  end: bigint | undefined,
  kind: "process" | "worker thread" = "process",
) => ({
  kind,
  start,
  lastSeen: end ?? 100n,
  ended: end === undefined ? undefined : { at: end },
  ringBytes: bytes,
});
const textOf = (...rings: readonly ReturnType<typeof ring>[]): string => {
  const cost = ringCost(rings);
  return `${cost.bytes} in ${ringOwnersText(cost)}`;
};

describe("what rings cost", () => {
  it("is the most that there was at one time, worker threads included", () => {
    expect(textOf(ring(16, 1n, undefined))).toBe("16 in 1 process");
    expect(textOf(ring(16, 1n, undefined), ring(4, 2n, 9n, "worker thread"), ring(16, 3n, 8n))).toBe(
      "36 in 2 processes and 1 worker thread",
    );
    expect(textOf(ring(16, 1n, undefined), ring(4, 2n, 5n, "worker thread"), ring(4, 6n, 9n, "worker thread"))).toBe(
      "20 in 1 process and 1 worker thread",
    );
  });

  it("does not count a program and the one that took its place at once", () => {
    expect(textOf(ring(16, 1n, 5n), ring(16, 5n, 9n))).toBe("16 in 1 process");
  });

  it("begins with what was asked for as a power of two, and a quarter of it in a thread", () => {
    expect([ringBytesAtFirst({}, false), ringBytesAtFirst({}, true)]).toEqual([2 ** 24, 2 ** 22]);
    const asked = { delivery: { ...defaultDelivery, ringBytes: 1e6 } };
    expect([ringBytesAtFirst(asked, false), ringBytesAtFirst(asked, true)]).toEqual([2 ** 20, 2 ** 18]);
  });
});
