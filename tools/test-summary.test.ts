import { describe, expect, it } from "vitest";
import { testSummary } from "./test-summary.js";

describe("testSummary", () => {
  it("reads mocha", () => {
    expect(testSummary("  ✔ takes 3 tests\n\n\n  1256 passing (3s)\n  4 pending\n  1 failing\n")).toEqual([
      "failing 1",
      "passing 1256",
      "pending 4",
      "tests 3",
    ]);
  });

  it("reads QUnit", () => {
    expect(testSummary("    PASS: 6831  FAIL: 0  TOTAL: 6831\n    Finished in 11351 milliseconds.")).toEqual([
      "fail 0",
      "pass 6831",
      "total 6831",
    ]);
  });

  it("reads node:test and TAP", () => {
    expect(testSummary("# tests 14\n# pass 12\n# fail 2\n# duration_ms 88.1")).toEqual([
      "fail 2",
      "pass 12",
      "tests 14",
    ]);
  });

  it("reads jest, with colours", () => {
    expect(testSummary("\u001b[1mTests:\u001b[22m 3 failed, 12 passed, 15 total")).toEqual([
      "failed 3",
      "passed 12",
      "total 15",
    ]);
  });

  it("finds nothing where nothing is counted", () => {
    expect(testSummary("all good\n")).toEqual([]);
  });
});
