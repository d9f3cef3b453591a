// Expressions as functions of a group. Closures, made once for a rule: nothing is generated as code.
import type { ExpressionPlan, RulePlan } from "../plan.js";
import type { Group } from "./group.js";

export type Compute = (group: Group, nowNs: number) => number;

/** A sample counts for so long, unless another comes; state counts until it is written. */
export const staleAfterNs = 300e9;

export function computing(plan: ExpressionPlan, rule: RulePlan): Compute {
  switch (plan.op) {
    case "constant": {
      const { value } = plan;
      return () => value;
    }
    case "latest": {
      const { source } = plan;
      const lasts = rule.sources[source]?.kind === "state" ? Infinity : staleAfterNs;
      return (group, nowNs) =>
        nowNs - (group.latestNs[source] ?? -Infinity) <= lasts ? (group.latest[source] ?? NaN) : NaN;
    }
    case "text": {
      const { source, isNot, text } = plan;
      return (group) => {
        const found = group.texts[source];
        return found === undefined ? NaN : (found === text) !== isNot ? 1 : 0;
      };
    }
    case "window": {
      const window = rule.windows[plan.window];
      const at = windowOffset(rule, plan.window) + (window?.reads.indexOf(plan.read) ?? 0);
      return (group) => group.windowValues[at] ?? NaN;
    }
    case "not": {
      const of = computing(plan.of, rule);
      return (group, nowNs) => 1 - of(group, nowNs);
    }
    case "minus": {
      const of = computing(plan.of, rule);
      return (group, nowNs) => -of(group, nowNs);
    }
    default:
      return joined(plan.op, computing(plan.left, rule), computing(plan.right, rule));
  }
}

/** Where a window's values begin among those of all windows. */
export const windowOffset = (rule: RulePlan, window: number): number =>
  rule.windows.slice(0, window).reduce((sum, { reads }) => sum + reads.length, 0);

type Operator = Extract<ExpressionPlan, { readonly left: unknown }>["op"];

function joined(op: Operator, left: Compute, right: Compute): Compute {
  switch (op) {
    case "and":
      return (group, nowNs) => {
        const a = left(group, nowNs);
        if (a === 0) return 0;
        const b = right(group, nowNs);
        return b === 0 ? 0 : a * b;
      };
    case "or":
      return (group, nowNs) => {
        const a = left(group, nowNs);
        if (a === 1) return 1;
        const b = right(group, nowNs);
        return b === 1 ? 1 : a + b;
      };
    case "+":
      return (group, nowNs) => left(group, nowNs) + right(group, nowNs);
    case "-":
      return (group, nowNs) => left(group, nowNs) - right(group, nowNs);
    case "*":
      return (group, nowNs) => left(group, nowNs) * right(group, nowNs);
    case "/":
      return (group, nowNs) => {
        const by = right(group, nowNs);
        return by === 0 ? NaN : left(group, nowNs) / by;
      };
    default: {
      const holds = comparisons[op];
      return (group, nowNs) => {
        const a = left(group, nowNs);
        const b = right(group, nowNs);
        return a !== a || b !== b ? NaN : holds(a, b) ? 1 : 0;
      };
    }
  }
}

const comparisons = {
  "<": (a: number, b: number) => a < b,
  "<=": (a: number, b: number) => a <= b,
  ">": (a: number, b: number) => a > b,
  ">=": (a: number, b: number) => a >= b,
  "==": (a: number, b: number) => a === b,
  "!=": (a: number, b: number) => a !== b,
};
