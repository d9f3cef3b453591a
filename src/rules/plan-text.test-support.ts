// Plans as one line of text, for tests to compare as a whole.
import type { ExpressionPlan, RecordFilter, RulePlan, SourcePlan } from "./plan.js";
import { unreachable } from "../shared/base/unreachable.js";

const levels: Readonly<Record<string, number>> = { or: 1, and: 2, "+": 4, "-": 4, "*": 5, "/": 5 };

export function planText(rule: RulePlan): string {
  const condition = `${rule.name}: ${expressionText(rule.condition, rule)}`;
  const recover =
    rule.recover === undefined
      ? []
      : [`recover ${expressionText(rule.recover.condition, rule)}${forText(rule.recover.forNs)}`];
  const by = rule.by.join() === "process" ? "" : rule.by.join(", ");
  const clauses = [
    rule.severity === "medium" ? "" : rule.severity,
    forText(rule.forNs).trim(),
    rule.cooldownNs === 0 ? "" : `cooldown ${rule.cooldownNs / 1e9}s`,
    rule.tickNs === 1e9 ? "" : `every ${rule.tickNs / 1e9}s`,
    by === "" ? "" : `by ${by}`,
    ...Object.entries(rule.labels).map(([name, text]) => `${name}=${text}`),
  ].filter((clause) => clause !== "");
  return [condition, ...recover, ...(clauses.length === 0 ? [] : [clauses.join(", ")])].join("; ");
}

const forText = (ns: number): string => (ns === 0 ? "" : ` for ${ns / 1e9}s`);

function expressionText(plan: ExpressionPlan, rule: RulePlan, outer = 0): string {
  switch (plan.op) {
    case "constant":
      return String(plan.value);
    case "latest":
      return sourceText(rule.sources[plan.source]);
    case "text":
      return `${sourceText(rule.sources[plan.source])} ${plan.isNot ? "is not" : "is"} ${JSON.stringify(plan.text)}`;
    case "window": {
      const window = rule.windows[plan.window];
      const { extent } = window ?? { extent: { by: "samples" as const, count: 0 } };
      const length =
        extent.by === "samples"
          ? `${extent.count} samples`
          : `${extent.isTumbling ? "tumbling " : ""}${extent.ns / 1e9}s`;
      return `${plan.read}(${sourceText(rule.sources[window?.source ?? -1])}, ${length})`;
    }
    case "not":
      return `!${expressionText(plan.of, rule, 9)}`;
    case "minus":
      return `-${expressionText(plan.of, rule, 9)}`;
    default: {
      const level = levels[plan.op] ?? 3;
      const operator = plan.op === "and" ? "&&" : plan.op === "or" ? "||" : plan.op;
      const text = `${expressionText(plan.left, rule, level)} ${operator} ${expressionText(plan.right, rule, level + 1)}`;
      return level < outer ? `(${text})` : text;
    }
  }
}

function sourceText(source: SourcePlan | undefined): string {
  if (source === undefined) return "?";
  switch (source.kind) {
    case "metric":
      return `${source.name}${source.isAsStored ? " as stored" : ""}${filterText(source.filter)}`;
    case "derived": {
      const { derivation } = source;
      return derivation.how === "total"
        ? `total ${derivation.metric}`
        : `request ${derivation.how}${filterText(source.filter)}`;
    }
    case "state": {
      const path = source.path.map((step) => `.${step ?? "*"}`).join("");
      return `state ${source.scope ?? source.className ?? ""}${path}`;
    }
    default:
      return `${source.kind}${filterText(source.filter)}`;
  }
}

const filterText = (filter: RecordFilter | undefined): string =>
  filter === undefined ? "" : ` where ${conditionText(filter)}`;

function conditionText(filter: RecordFilter): string {
  switch (filter.op) {
    case "and":
    case "or":
      return `(${conditionText(filter.left)} ${filter.op === "and" ? "&&" : "||"} ${conditionText(filter.right)})`;
    case "not":
      return `!${conditionText(filter.of)}`;
    case "field":
      return `${filter.field} ${filter.how} ${JSON.stringify(filter.value)}`;
    case "text":
      return `${filter.how}(${filter.field}, ${JSON.stringify(filter.text)})`;
    default:
      return unreachable(filter);
  }
}
