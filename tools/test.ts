// npm test: everything that judges this repository, in the order that fails soonest: check (with the unit tests), the
// integration tests on real processes, the browser tests, and the same specs in Electron where its binary is.
import { existsSync } from "node:fs";
import { explain, hindcastError } from "../src/shared/protocol/errors.js";
import { aptInstall, mayUseApt } from "./apt.js";
import { installDatabaseServers } from "./database-binaries.js";
import { buildIfStale } from "./build-if-stale.js";
import { findChromium, installChromium } from "./find-chromium.js";
import { electronBinary } from "../src/cli/electron-binary.js";
import { repositoryRoot, runAloud, type Step, typescriptStep } from "./run-step.js";
import { countsFile, forgetCounts, readCounts, summaryOf, type TestCounts } from "./test-counts.js";
import { readFailures } from "./test-failures.js";

const mayInstall = process.argv.includes("--install") || process.env["CI"] === "true";

interface Suite {
  readonly name: string;
  readonly step: Step;
  readonly env?: NodeJS.ProcessEnv;
}

const suites: readonly Suite[] = [
  { name: "unit", step: typescriptStep("check", "tools/check.ts") },
  {
    name: "integration",
    step: {
      name: "integration tests",
      script: "node_modules/vitest/vitest.mjs",
      args: [
        "run",
        "--project=integration*",
        "--passWithNoTests",
        "--reporter=verbose",
        "--reporter=json",
        `--outputFile.json=${countsFile("integration")}`,
      ],
    },
  },
  browserTests("e2e", "browser tests", ["--grep-invert=@live", "--workers=2"]),
  browserTests("e2e-live", "browser tests of programs that run", ["--grep=@live", "--output=test-results/live"]),
];

function browserTests(name: string, title: string, args: readonly string[]): Suite {
  return {
    name,
    step: {
      name: title,
      script: "node_modules/@playwright/test/cli.js",
      args: ["test", "--reporter=list,json", ...args],
    },
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_FILE: countsFile(name) },
  };
}

/** A suite that ended badly without a report, or whose tests all passed in a run that did not, has failed once. */
function honestCounts(counts: TestCounts | undefined, passed: boolean): TestCounts {
  const known = counts ?? { passed: 0, failed: 0, skipped: 0 };
  return passed || known.failed > 0 ? known : { ...known, failed: 1 };
}

/** A step can also fail with all of its tests passed, as check does when lint finds something. */
function namedFailures(suite: string, step: string): readonly string[] {
  const named = readFailures(suite, repositoryRoot);
  return named.length > 0 ? named : [`${step}: see its output above`];
}

async function runAll(): Promise<boolean> {
  const chromium = findChromium() ?? (mayInstall ? installChromium() : undefined);
  if (chromium === undefined) {
    const { message, next } = explain(hindcastError("no-browser"));
    console.error(`${message} ${next}`);
    return false;
  }
  // The tests that set clocks are skipped without it.
  if (mayInstall && mayUseApt() && !existsSync("/usr/bin/faketime")) aptInstall("faketime");
  if (mayInstall) installDatabaseServers();
  const allCounts: TestCounts[] = [];
  const failures: string[] = [];
  for (const { name, step, env } of suites) {
    console.log(`\n== ${step.name}`);
    forgetCounts(name);
    if (name !== "unit") buildIfStale();
    const passed = await runAloud(step, env);
    allCounts.push(honestCounts(readCounts(name), passed));
    if (!passed) failures.push(...namedFailures(name, step.name));
  }
  if (electronBinary(repositoryRoot, process.env) === undefined) {
    console.log(
      "\nThe Electron tests were not run: there is no Electron binary here (npx install-electron fetches it).",
    );
  }
  if (failures.length > 0) console.log(`\nFailed:\n${failures.join("\n")}`);
  console.log(`\n${summaryOf(allCounts)}`);
  return allCounts.every((counts) => counts.failed === 0);
}

process.chdir(repositoryRoot);
process.exitCode = (await runAll()) ? 0 : 1;
