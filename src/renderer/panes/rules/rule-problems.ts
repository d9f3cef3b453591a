// What is wrong with a text, as the editor shows it, and which rules there are in it. Judged as the engine judges it, but that a
// metric of the open recording is known.
import { type Problem, compileRules, didYouMean, nearest } from "../../../rules/index.js";
import type { Vocabulary } from "./vocabulary.js";

export interface WrittenRule {
  readonly name: string;
  readonly severity: string;
  readonly from: number;
  readonly to: number;
}

export interface Checked {
  readonly problems: readonly Problem[];
  /** Those without an error. */
  readonly rules: readonly WrittenRule[];
}

export function checked(source: string, fileName: string, { metrics }: Vocabulary): Checked {
  const { plans, problems } = compileRules(source, { fileName });
  const names = metrics.map(({ name }) => name);
  const known = new Set(names);
  return {
    rules: plans.map(({ name, severity, place }) => ({ name, severity, ...place })),
    problems: problems.flatMap((problem) => {
      const written = source.slice(problem.from, problem.to).replace(/^["']|["']$/g, "");
      if (problem.severity === "error" || !problem.message.startsWith("no metric is called")) return [problem];
      if (known.has(written)) return [];
      const meant = problem.fix ?? nearest(written, names);
      const message = `no metric is called ${written} so far${didYouMean(meant)}`;
      return [{ ...problem, message, ...(meant === undefined ? {} : { fix: meant }) }];
    }),
  };
}
