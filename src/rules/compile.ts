// Rules from their text to plans. One rule's errors leave the others as they are.
import type { KnownMetric } from "./catalogue.js";
import { checkRule } from "./check/check-rule.js";
import type { RulePlan } from "./plan.js";
import type { Problem } from "./problem.js";
import { actionAliases, actions } from "./words.js";
import { readRules } from "./syntax/read-rules.js";

export interface CompileOptions {
  /** What rules without a name are called after: the file's name. */
  readonly fileName: string;
  /** Metrics of a recording, besides those that are always known. */
  readonly metrics: readonly KnownMetric[];
  readonly limits: RuleLimits;
  /** Those that can be done; any, where that is left out. */
  readonly actions?: ReadonlySet<string>;
}

export interface RuleLimits {
  /** In one file. */
  readonly rules: number;
  /** Values, operators, calls and actions of one rule. */
  readonly nodes: number;
  readonly windows: number;
}

export const presetLimits: RuleLimits = { rules: 100, nodes: 1000, windows: 32 };

export interface Compiled {
  readonly plans: readonly RulePlan[];
  /** In the order of the text. */
  readonly problems: readonly Problem[];
}

/** What is no action at all is told of elsewhere. */
function isDone(name: string, done: ReadonlySet<string> | undefined): boolean {
  const action = Object.hasOwn(actionAliases, name) ? (actionAliases[name] ?? name) : name;
  return done === undefined || done.has(action) || !actions.some((one) => one.name === action);
}

/** Rules of one file. A rule with an error has no plan; `problems` says why. */
export function compileRules(source: string, given: Partial<CompileOptions> = {}): Compiled {
  const options: CompileOptions = { fileName: "rule", metrics: [], limits: presetLimits, ...given };
  const { rules, problems: ofSyntax } = readRules(source, options.limits);
  const problems: Problem[] = [...ofSyntax];
  const plans: RulePlan[] = [];
  const names = new Set<string>();
  for (const [index, rule] of rules.entries()) {
    const name = rule.name ?? (rules.length === 1 ? options.fileName : `${options.fileName} #${index + 1}`);
    if (names.has(name))
      problems.push({ ...rule.headPlace, severity: "error", message: `two rules are called ${name}` });
    const checked = checkRule(rule, name, options.metrics, options.limits.windows);
    const undone = rule.actions.filter((call) => !isDone(call.name, options.actions));
    const told = undone.map(({ name: action, namePlace }): Problem => ({
      ...namePlace,
      severity: "error",
      message: `${action} cannot be done while a program runs so far`,
    }));
    problems.push(...checked.problems, ...told);
    if (checked.plan !== undefined && undone.length === 0 && !names.has(name)) plans.push(checked.plan);
    names.add(name);
  }
  return { plans, problems: problems.sort((a, b) => a.from - b.from) };
}
