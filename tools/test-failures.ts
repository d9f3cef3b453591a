// Names the tests that failed out of the JSON reports of vitest and Playwright, each with what its failure says first, for
// the last lines of `npm test`: of a long log the end is what is kept and what is read.
import { stripVTControlCharacters } from "node:util";
import * as v from "valibot";
import { readReport } from "./test-counts.js";

const vitestReport = v.object({
  testResults: v.array(
    v.object({
      name: v.string(),
      status: v.string(),
      message: v.optional(v.string(), ""),
      assertionResults: v.array(
        v.object({ fullName: v.string(), status: v.string(), failureMessages: v.nullish(v.array(v.string()), []) }),
      ),
    }),
  ),
});

interface PlaywrightSuite {
  readonly title: string;
  readonly specs?: readonly PlaywrightSpec[] | undefined;
  readonly suites?: readonly PlaywrightSuite[] | undefined;
}
const playwrightSpec = v.object({
  title: v.string(),
  ok: v.boolean(),
  tests: v.array(v.object({ results: v.array(v.object({ error: v.optional(v.object({ message: v.string() })) })) })),
});
type PlaywrightSpec = v.InferOutput<typeof playwrightSpec>;
const playwrightSuite: v.GenericSchema<PlaywrightSuite> = v.object({
  title: v.string(),
  specs: v.optional(v.array(playwrightSpec)),
  suites: v.optional(v.array(v.lazy(() => playwrightSuite))),
});
const playwrightReport = v.object({ suites: v.array(playwrightSuite) });

const longestMessage = 300;

const below = (where: string, name: string): string => [where, name].filter((part) => part !== "").join(" › ");

const failure = (where: string, test: string, message: string): string => {
  const said = stripVTControlCharacters(message).trim().split("\n")[0] ?? "";
  return `${below(where, test)}: ${said.slice(0, longestMessage)}`;
};

function inSuite({ title, specs = [], suites = [] }: PlaywrightSuite, where: string): string[] {
  const path = below(where, title);
  const own = specs
    .filter(({ ok }) => !ok)
    .map((spec) => {
      const results = spec.tests.flatMap((test) => test.results);
      return failure(path, spec.title, results.find(({ error }) => error !== undefined)?.error?.message ?? "");
    });
  return [...own, ...suites.flatMap((suite) => inSuite(suite, path))];
}

/** One line each; empty where none failed, or where the report is of neither runner. `root` is cut from paths. */
export function failuresIn(report: unknown, root: string): readonly string[] {
  const vitest = v.safeParse(vitestReport, report);
  if (vitest.success) {
    return vitest.output.testResults.flatMap(({ name, status, message, assertionResults }) => {
      const file = name.startsWith(root) ? name.slice(root.length) : name;
      const failed = assertionResults.filter((one) => one.status === "failed");
      if (failed.length === 0 && status === "failed") return [failure(file, "", message)];
      return failed.map((one) => failure(file, one.fullName, one.failureMessages[0] ?? ""));
    });
  }
  const playwright = v.safeParse(playwrightReport, report);
  return playwright.success ? playwright.output.suites.flatMap((suite) => inSuite(suite, "")) : [];
}

/** None of a suite without a report: its runner's own output is all there is. */
export const readFailures = (suite: string, root: string): readonly string[] => failuresIn(readReport(suite), root);
