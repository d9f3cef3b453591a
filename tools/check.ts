// npm run check: format, types per folder, lint, import rules, dead exports, generated files, unit tests. Everything runs
// even when one fails; caches are under .cache/. `--fix` formats and fixes what the tools can fix by themselves first.
import { existsSync, mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { countsFile } from "./test-counts.js";
import { runSteps, type Step, typescriptStep } from "./run-step.js";

const typedFolders = [
  "src/shared",
  "src/redact",
  "src/rules",
  "src/engine",
  "src/agent",
  "src/api",
  "src/cli",
  "src/serve",
  "src/main",
  "src/preload",
  "tools",
  "test",
  "test/renderer",
  "e2e",
  "examples",
  "bench",
];

const types = (folder: string): Step => ({
  name: `types ${folder}`,
  // TypeScript 7 checks in an eighth of the time and has no API yet; svelte-check uses TypeScript 6.
  script: "node_modules/typescript7/bin/tsc",
  args: ["-p", folder],
});

const isFixing = process.argv.includes("--fix");

// The longest come first, so that the short ones fill the gaps at the end.
const steps: readonly Step[] = [
  {
    name: "types src/renderer",
    script: "node_modules/svelte-check/bin/svelte-check",
    args: ["--tsconfig", "src/renderer/tsconfig.json", "--fail-on-warnings", "--output", "human"],
  },
  {
    name: "unit tests",
    script: "node_modules/vitest/vitest.mjs",
    args: ["run", "--project=unit", "--reporter=default", "--reporter=json", `--outputFile.json=${countsFile("unit")}`],
  },
  {
    name: "format",
    script: "node_modules/prettier/bin/prettier.cjs",
    args: [".", isFixing ? "--write" : "--check", "--log-level=warn", "--cache", "--cache-location=.cache/prettier"],
  },
  {
    name: "lint",
    script: "node_modules/oxlint/bin/oxlint",
    args: ["--deny-warnings", ...(isFixing ? ["--fix"] : [])],
  },
  {
    name: "lint of components",
    script: "node_modules/eslint/bin/eslint.js",
    args: [
      "src/renderer/**/*.svelte",
      "src/renderer/**/*.svelte.ts",
      "--max-warnings=0",
      ...(isFixing ? ["--fix"] : []),
    ],
  },
  {
    name: "dead exports",
    script: "node_modules/knip/bin/knip.js",
    args: ["--no-progress", "--cache", "--cache-location=.cache/knip"],
  },
  typescriptStep("import rules", "tools/check-imports.ts"),
  typescriptStep("generated docs", "tools/generate-docs.ts", isFixing ? [] : ["--check"]),
  typescriptStep("generated rules parser", "tools/generate-rules.ts", isFixing ? [] : ["--check"]),
  ...(existsSync("tools/check-contrast.ts") ? [typescriptStep("contrast", "tools/check-contrast.ts")] : []),
  ...typedFolders.map(types),
];

mkdirSync(".cache", { recursive: true });
const startedMs = performance.now();
const parallel = Math.min(4, Math.max(2, availableParallelism()));
const outcomes = await runSteps(steps, parallel, ({ name, passed, seconds, output }) => {
  console.log(`${passed ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)`);
  if (!passed) console.log(output.trimEnd());
});
const failedNames = outcomes.filter((outcome) => !outcome.passed).map((outcome) => outcome.name);
const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
if (failedNames.length > 0) console.log(`check: failed in ${seconds} s: ${failedNames.join(", ")}`);
else console.log(`check: ${outcomes.length} steps passed in ${seconds} s`);
process.exitCode = failedNames.length === 0 ? 0 : 1;
