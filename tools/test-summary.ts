// The counts a test runner prints at its end, whichever runner it is: mocha, TAP, node:test, QUnit, vitest, jest.
import { stripVTControlCharacters } from "node:util";

const counted = "passing|failing|pending|passed|failed|skipped|todo|tests|pass|fail|cancelled|total|ok|not ok";
/** `1256 passing (3s)`, `Tests: 3 failed, 12 passed`. */
const numberFirst = new RegExp(`(?<![\\d.])(\\d+) (${counted})\\b`, "gi");
/** `PASS: 6831  FAIL: 0`, `# pass 12`, `tests 14`. */
const wordFirst = new RegExp(`(?<![\\w.])(${counted}):? +(\\d+)(?![\\d.]|\\s*m?s\\b| (?:${counted})\\b)`, "gi");
/** Runners sum up at the end; what the tests themselves print comes before. */
const linesOfSummary = 40;

/** Each count as `word number`, sorted; empty when the output ends without any. */
export function testSummary(output: string): readonly string[] {
  const end = stripVTControlCharacters(output).trimEnd().split("\n").slice(-linesOfSummary).join("\n");
  const counts = new Set<string>();
  for (const [, number, word] of end.matchAll(numberFirst)) counts.add(`${word?.toLowerCase() ?? ""} ${number ?? ""}`);
  for (const [, word, number] of end.matchAll(wordFirst)) counts.add(`${word?.toLowerCase() ?? ""} ${number ?? ""}`);
  return [...counts].sort();
}
