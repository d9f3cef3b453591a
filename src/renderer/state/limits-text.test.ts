import { describe, expect, it } from "vitest";
import { evictedRecords, limitsText } from "./limits-text.js";

describe("limitsText", () => {
  it("says either limit, or both", () => {
    const texts = [{ maxAgeMs: 90_000 }, { maxBytes: 2e9 }, { maxAgeMs: 3000, maxBytes: 64e6 }].map(limitsText);
    expect(texts).toEqual([
      "Keeps at least the last 1 m 30 s",
      "Keeps at most 2.0 GB",
      "Keeps at least the last 3 s, at most 64 MB",
    ]);
  });
});

describe("evictedRecords", () => {
  it("adds up all kinds", () => {
    const evicted = { until: 5n, events: 1, spans: 2, logs: 4, metrics: 8, writes: 16, marks: 32 };
    expect([evictedRecords({}), evictedRecords({ evicted })]).toEqual([0, 63]);
  });
});
