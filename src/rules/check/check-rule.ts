// One rule as written to one rule as evaluated. Without a plan where anything of it is an error.
import type { KnownMetric } from "../catalogue.js";
import {
  type ClausePlan,
  type Compared,
  type Comparison,
  type ExpressionPlan,
  type RulePlan,
  type Severity,
  severities,
} from "../plan.js";
import { type Place, type Problem, didYouMean, nearest } from "../problem.js";
import { nsOf } from "../quantity.js";
import type { Clause, Expression, WrittenRule } from "../syntax/model.js";
import { clauseForms } from "../words.js";
import { checkAction } from "./check-actions.js";
import { checkCondition, checkExpression } from "./check-expression.js";
import { flipped, isComparison } from "./check-filter.js";
import { RuleScope } from "./scope.js";

export interface CheckedRule {
  readonly plan: RulePlan | undefined;
  readonly problems: readonly Problem[];
}

interface Clauses {
  severity: Severity;
  forNs: number;
  cooldownNs: number;
  everyNs: number | undefined;
  by: readonly string[] | undefined;
  readonly labels: Record<string, string>;
}

export const presetTickNs = 1e9;
const leastTickNs = 1e7;
const mostTimeNs = 30 * 86_400e9;

export function checkRule(
  rule: WrittenRule,
  name: string,
  metrics: readonly KnownMetric[],
  mostWindows: number,
): CheckedRule {
  const scope = new RuleScope(metrics);
  const clauses = clausesOf(rule.clauses, Object.keys(clauseForms), scope);
  const condition = checkCondition(rule.condition, scope);
  const ofRecovery = clausesOf(rule.recover?.clauses ?? [], ["for"], scope);
  const recovery = rule.recover === undefined ? undefined : checkCondition(rule.recover.condition, scope);
  const decisive = scope.sources.length;
  const by = clauses.by ?? groupsOf(scope);
  const actions = rule.actions.flatMap((call) => checkAction(call, by, scope) ?? []);
  if (scope.windows.length > mostWindows)
    scope.error(rule.headPlace, `this rule has ${scope.windows.length} windows; a rule has at most ${mostWindows}`);
  if (clauses.by === undefined && by.includes("path") && scope.sources.length > 1)
    scope.error(
      rule.headPlace,
      "state of instances or of any path goes with no other series; say with by what they share",
    );
  if (condition !== undefined && decisive === 0) scope.warning(rule.condition.place, "this is always the same");
  const problems = scope.problems;
  if (condition === undefined || problems.some(({ severity }) => severity === "error"))
    return { plan: undefined, problems };
  const plan: RulePlan = {
    name,
    place: rule.place,
    severity: clauses.severity,
    labels: clauses.labels,
    by,
    forNs: clauses.forNs,
    cooldownNs: clauses.cooldownNs,
    tickNs: clauses.everyNs ?? tickOf(scope),
    isAtRecords: clauses.everyNs === undefined && (namesValue(condition) || namesValue(recovery)),
    condition,
    clauses: conjuncts(rule.condition, condition, scope),
    recover: recovery === undefined ? undefined : { condition: recovery, forNs: ofRecovery.forNs },
    actions,
    sources: scope.sources,
    windows: scope.windows,
  };
  return { plan, problems };
}

/** Values of a process are that process's own; what is counted is counted wherever it was. */
const groupsOf = ({ sources }: RuleScope): readonly string[] => {
  const wildcard = sources.find(
    (one) => one.kind === "state" && (one.className !== undefined || one.path.includes(undefined)),
  );
  if (wildcard !== undefined) return ["process", "id", "path"];
  return sources.some(({ kind }) => kind === "metric" || kind === "derived" || kind === "state") ? ["process"] : [];
};

/** Each second, or as often as the shortest window goes by. */
const tickOf = ({ windows }: RuleScope): number =>
  Math.max(
    leastTickNs,
    Math.min(presetTickNs, ...windows.map(({ extent }) => (extent.by === "time" ? extent.ns : presetTickNs))),
  );

function namesValue(plan: ExpressionPlan | undefined): boolean {
  if (plan === undefined) return false;
  switch (plan.op) {
    case "constant":
    case "window":
      return false;
    case "latest":
    case "text":
      return true;
    case "not":
    case "minus":
      return namesValue(plan.of);
    default:
      return namesValue(plan.left) || namesValue(plan.right);
  }
}

/** Parts that && joins: both trees have the same shape down to them. */
function conjuncts(written: Expression, plan: ExpressionPlan, scope: RuleScope): ClausePlan[] {
  if (plan.op !== "and" || written.kind !== "binary" || written.operator !== "&&")
    return [{ place: written.place, condition: plan, compared: comparedIn(written, plan, scope) }];
  return [...conjuncts(written.left, plan.left, scope), ...conjuncts(written.right, plan.right, scope)];
}

/** The limit is the side that is always the same; where both sides change, the right one. */
function comparedIn(written: Expression, plan: ExpressionPlan, scope: RuleScope): Compared | undefined {
  if (written.kind !== "binary" || !isComparisonPlan(plan)) return undefined;
  const typeOf = (side: Expression) => scope.attempt(() => checkExpression(side, scope)).value;
  const [left, right] = [typeOf(written.left), typeOf(written.right)];
  const known = left === undefined || left.isBare || left.kind === "unknown" ? right : left;
  const about = { kind: known?.kind ?? "unknown", isPerMinute: left?.per === 60 || right?.per === 60 };
  return plan.left.op === "constant" && plan.right.op !== "constant"
    ? { ...about, value: plan.right, how: flipped[plan.op], limit: plan.left, limitPlace: written.left.place }
    : { ...about, value: plan.left, how: plan.op, limit: plan.right, limitPlace: written.right.place };
}

const isComparisonPlan = (
  plan: ExpressionPlan,
): plan is Extract<ExpressionPlan, { readonly left: unknown }> & { readonly op: Comparison } => isComparison(plan.op);

function clausesOf(written: readonly Clause[], known: readonly string[], scope: RuleScope): Clauses {
  const clauses: Clauses = {
    severity: "medium",
    forNs: 0,
    cooldownNs: 0,
    everyNs: undefined,
    by: undefined,
    labels: {},
  };
  const seen = new Set<string>();
  for (const clause of written) {
    if (!known.includes(clause.name)) {
      const meant = nearest(clause.name, known);
      const forms = known.map((name) => clauseForms[name]).join(", ");
      const rest = meant === undefined ? `; there are: ${forms}` : didYouMean(meant);
      scope.error(clause.namePlace, `unknown clause: ${clause.name}${rest}`, meant);
    } else if (seen.has(clause.name) && clause.name !== "label") {
      scope.error(clause.namePlace, `${clause.name} is said twice`);
    } else applyClause(clause, clauses, scope);
    seen.add(clause.name);
  }
  return clauses;
}

function applyClause(clause: Clause, clauses: Clauses, scope: RuleScope): void {
  const { name, args } = clause;
  const [first, second] = args;
  const form = `${name} is written: ${clauseForms[name] ?? ""}`;
  if (name === "by") {
    const words = args.flatMap((arg) => (arg.kind === "word" || arg.kind === "text" ? [arg.text] : []));
    if (words.length < args.length) scope.error(clause.place, form);
    else clauses.by = words.length === 1 && words[0] === "all" ? [] : words;
    return;
  }
  if (first === undefined || (second !== undefined && name !== "label")) return scope.error(clause.place, form);
  if (name === "label") {
    for (const label of args) {
      if (label.kind === "label") clauses.labels[label.name] = label.text;
      else scope.error(label.place, form);
    }
    return;
  }
  if (name === "severity") {
    const severity = first.kind === "word" ? severities.find((one) => one === first.text) : undefined;
    if (severity !== undefined) {
      clauses.severity = severity;
      return;
    }
    const meant = first.kind === "word" ? nearest(first.text, severities) : undefined;
    return scope.error(first.place, `a severity is one of ${severities.join(", ")}${didYouMean(meant)}`, meant);
  }
  const ns = first.kind === "quantity" ? nsOf(first.value, first.unit) : undefined;
  const least = name === "every" ? leastTickNs : 0;
  if (ns === undefined) return scope.error(first.place, form);
  if (ns < least || ns > mostTimeNs) return tooLong(first.place, name, scope);
  if (name === "for") clauses.forNs = ns;
  else if (name === "cooldown") clauses.cooldownNs = ns;
  else clauses.everyNs = ns;
}

function tooLong(place: Place, name: string, scope: RuleScope): void {
  scope.error(place, `${name} takes a time ${name === "every" ? "from 10ms " : ""}up to 30d`);
}
