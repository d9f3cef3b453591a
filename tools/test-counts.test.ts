import { describe, expect, it } from "vitest";
import { countsIn, summaryOf } from "./test-counts.js";

const vitest = { numPassedTests: 40, numFailedTests: 0, numPendingTests: 1, numFailedTestSuites: 0 };
const playwright = { stats: { expected: 8, unexpected: 1, flaky: 1, skipped: 0, duration: 3 } };

describe("countsIn", () => {
  it("reads vitest's report", () => {
    expect(countsIn(vitest)).toEqual({ passed: 40, failed: 0, skipped: 1 });
  });

  it("counts a suite that failed to load", () => {
    expect(countsIn({ ...vitest, numFailedTestSuites: 2 })).toEqual({ passed: 40, failed: 2, skipped: 1 });
  });

  it("reads Playwright's report", () => {
    expect(countsIn(playwright)).toEqual({ passed: 9, failed: 1, skipped: 0 });
  });

  it("does not guess at anything else", () => {
    expect(countsIn({ passed: 3 })).toBeUndefined();
  });
});

describe("summaryOf", () => {
  it("adds up, and mentions skipped tests only where there are any", () => {
    expect(summaryOf([{ passed: 3, failed: 0, skipped: 0 }])).toBe("3 passed, 0 failed");
    expect(
      summaryOf([
        { passed: 3, failed: 0, skipped: 1 },
        { passed: 4, failed: 2, skipped: 0 },
      ]),
    ).toBe("7 passed, 2 failed, 1 skipped");
  });
});
