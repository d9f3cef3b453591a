import { describe, expect, it } from "vitest";
import { type Figure, complaintsAbout, tableOf } from "./figures.js";

const figures: readonly Figure[] = [
  { name: "quick_ms", value: 8, unit: "ms", budget: { atMost: 8 } },
  { name: "slow_ms", value: 8.01, unit: "ms", budget: { atMost: 8 } },
  { name: "many_per_s", value: 5, unit: "1/s", budget: { atLeast: 5 } },
  { name: "few_per_s", value: 4.5, unit: "1/s", budget: { atLeast: 5 } },
  { name: "nothing_ms", value: Number.NaN, unit: "ms", budget: { atMost: 8 } },
  { name: "free_mb", value: 1e9, unit: "MB" },
  { name: "lost_ms", value: 1, unit: "ms", budget: { atMost: 8 }, invalid: "3 records are lost" },
];

describe("figures", () => {
  it("have a line for each that is invalid or misses its budget, and for no other", () => {
    expect(complaintsAbout(figures)).toEqual([
      "slow_ms misses its budget: 8.01 ms, wanted ≤ 8",
      "few_per_s misses its budget: 4.50 1/s, wanted ≥ 5",
      "nothing_ms misses its budget: NaN ms, wanted ≤ 8",
      "lost_ms is invalid: 3 records are lost",
    ]);
  });

  it("say the same in the table", () => {
    expect(tableOf(figures).match(/≤ 8 kept|≥ 5 kept|MISSED|INVALID/g)).toEqual([
      "≤ 8 kept",
      "MISSED",
      "≥ 5 kept",
      "MISSED",
      "MISSED",
      "≤ 8 kept",
      "INVALID",
    ]);
  });
});
