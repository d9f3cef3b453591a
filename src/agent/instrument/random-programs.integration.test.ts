// Programs that nobody thought of, as they are written and rewritten. More of them: npm run conformance -- random --minutes 10.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { triesAllSeeds } from "../../engine/replay/seeds.test-support.js";
import { randomProgram } from "./random-programs.test-support.js";

interface Summary {
  readonly programs: number;
  readonly unreadable: number;
  readonly functions: number;
  readonly skipped: number;
  readonly calls: number;
  readonly writes: number;
  readonly failed: readonly number[];
}

const runsFile = join(import.meta.dirname, "random-runs.test-support.ts");

async function summaryOf(first: number, count: number): Promise<{ readonly said: string; readonly summary: Summary }> {
  const options = ["--import", "tsx", "--experimental-vm-modules", "--no-warnings"];
  const { stdout } = await promisify(execFile)(process.execPath, [...options, runsFile, String(first), String(count)]);
  const lines = stdout.trimEnd().split("\n");
  const summary = JSON.parse(lines.pop() ?? "") as Summary;
  return { said: lines.join("\n"), summary };
}

describe("a random program", () => {
  const [first, count] = [1, triesAllSeeds ? 5000 : 150];
  it(`does the same rewritten, and is recorded as it says itself (seeds ${first}-${first + count - 1})`, async () => {
    const { said, summary } = await summaryOf(first, count);
    expect(said).toBe("");
    expect(summary).toMatchObject({ programs: count, unreadable: 0, failed: [] });
    // Enough happens in them, and hardly any function cannot be wrapped.
    expect(summary.calls).toBeGreaterThan(count * 4);
    expect(summary.writes).toBeGreaterThan(count * 10);
    expect(summary.skipped).toBeLessThan(summary.functions * 0.04);
  }, 300_000);

  // Each was different once: keys like 1.5 of a list; `super.x` that is destructured before `super()`.
  it("does the same where one was different once (seeds 7238, 2768)", async () => {
    for (const seed of [7238, 2768]) expect((await summaryOf(seed, 1)).said).toBe("");
  }, 300_000);

  it("is the same for the same seed, and has every construct in one of them", () => {
    expect(randomProgram(7)).toEqual(randomProgram(7));
    const sources = Array.from({ length: 150 }, (_, seed) => randomProgram(seed + 1).source).join("\n");
    const missing = constructs.filter((construct) => !construct.test(sources));
    expect(missing).toEqual([]);
  });
});

const constructs = [
  /async function\*/,
  /async \(/,
  /static \{/,
  /constructor\(/,
  /\bget \w/,
  /\bset #\w/,
  /static async \*/,
  /this\.#\w+\+\+/,
  /#\w+ in /,
  /super\(/,
  /super\.s/,
  /new\.target/,
  /arguments\[0\]/,
  /yield\*/,
  /\(yield\)/,
  /\(await /,
  /for await \(/,
  /for \(const \w+ of/,
  /for \([^;]* in /,
  /while \(/,
  /continue l\d+;/,
  /break l\d+;/,
  /l\d+: for await/,
  /switch \(/,
  /default:/,
  /catch \(\{ message/,
  /finally \{/,
  /with \(/,
  /tag`/,
  /\?\.push\(/,
  /\?\?=/,
  /\*\*=/,
  /delete o\?\./,
  /\.\.\.rest/,
  /\{ a: [^}]*\[.*\]: .* = t\(1\), \.\.\./,
  /Object\.defineProperty\(/,
  /Reflect\.deleteProperty\(/,
  /"use strict"/,
  /export /,
  /Promise\.reject\(/,
  /throw /,
];
