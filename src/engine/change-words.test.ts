import { describe, expect, it } from "vitest";
import { whyOf } from "./change-words.js";

const of = (kind: "metric" | "latency" | "value", subject: string, unit: string, before: number, after: number) =>
  whyOf({
    of: { kind, service: "accounts", subject, unit },
    before,
    after,
    effect: 0.83,
    chance: 0.01,
    shape: new Float64Array(),
  });

describe("why something is said to have changed", () => {
  it("is told in units that people read, the same one for both", () => {
    expect(
      [
        of("metric", "v8js.memory.heap.limit", "By", 900_000, 35_800_000),
        of("metric", "process.cpu.utilization", "1", 0.102, 0.075),
        of("metric", "nodejs.eventloop.delay.p99", "s", 0.0004, 0.0123),
        of("latency", "POST /payouts", "", 33_000_000, 1_310_000_000),
        of("value", "ledger.accounts.*.version", "", 2.25, 5.6),
      ].map((words) => words.split(";")[0]),
    ).toEqual([
      "median 0.900 MB, now 35.8 MB",
      "median 10.2 %, now 7.50 %",
      "median 0.400 ms, now 12.3 ms",
      "median 0.033 s, now 1.31 s",
      "median 2.25, now 5.60",
    ]);
  });
});
