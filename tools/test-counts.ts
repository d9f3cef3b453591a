// Reads how many tests passed, failed and were skipped out of the JSON reports of vitest and Playwright, and says the sum
// in the one line that ends `npm test`.
import { readFileSync, rmSync } from "node:fs";
import * as v from "valibot";

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const vitestReport = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  numFailedTestSuites: v.number(),
});
const playwrightReport = v.object({
  stats: v.object({ expected: v.number(), unexpected: v.number(), flaky: v.number(), skipped: v.number() }),
});

export const countsFile = (suite: string): string => `.cache/tests-${suite}.json`;

/** A suite whose file could not even be loaded has no test in it, but is a failure all the same. */
export function countsIn(report: unknown): TestCounts | undefined {
  const vitest = v.safeParse(vitestReport, report);
  if (vitest.success) {
    const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } = vitest.output;
    const failed = numFailedTests > 0 ? numFailedTests : numFailedTestSuites;
    return { passed: numPassedTests, failed, skipped: numPendingTests };
  }
  const playwright = v.safeParse(playwrightReport, report);
  if (!playwright.success) return undefined;
  const { expected, unexpected, flaky, skipped } = playwright.output.stats;
  // A test that passed only at the second try counts as passed; Playwright names it in its own output.
  return { passed: expected + flaky, failed: unexpected, skipped };
}

export function forgetCounts(suite: string): void {
  rmSync(countsFile(suite), { force: true });
}

/** What its runner wrote; undefined where the suite ended before it could. */
export function readReport(suite: string): unknown {
  try {
    return JSON.parse(readFileSync(countsFile(suite), "utf8"));
  } catch {
    return undefined;
  }
}

/** Undefined where there is no report, which the caller counts as a failure. */
export const readCounts = (suite: string): TestCounts | undefined => countsIn(readReport(suite));

export function summaryOf(counts: readonly TestCounts[]): string {
  const sum = (pick: (one: TestCounts) => number) => counts.reduce((total, one) => total + pick(one), 0);
  const skipped = sum((one) => one.skipped);
  const line = `${sum((one) => one.passed)} passed, ${sum((one) => one.failed)} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}
