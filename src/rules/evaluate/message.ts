// What a rule says when it fires: its actions, with the values of that instant in their texts.
import type { ActionArgument, RulePlan, TextPart } from "../plan.js";
import { valueText } from "../quantity.js";
import { computing } from "./expression.js";
import type { Group } from "./group.js";

export type SaidArgument = string | number | { readonly [name: string]: SaidArgument };

export interface Said {
  readonly name: string;
  readonly args: readonly SaidArgument[];
}

type Write<T> = (group: Group, nowNs: number) => T;

export function saying(rule: RulePlan): Write<readonly Said[]> {
  const actions = rule.actions.map(({ name, args }) => ({ name, args: args.map((arg) => argument(arg, rule)) }));
  return (group, nowNs) => actions.map(({ name, args }) => ({ name, args: args.map((write) => write(group, nowNs)) }));
}

function argument(plan: ActionArgument, rule: RulePlan): Write<SaidArgument> {
  switch (plan.kind) {
    case "value":
      return computing(plan.value, rule);
    case "text": {
      const parts = plan.parts.map((part) => textPart(part, rule));
      return (group, nowNs) => parts.map((write) => write(group, nowNs)).join("");
    }
    case "object": {
      const entries = plan.entries.map(([name, value]) => [name, argument(value, rule)] as const);
      return (group, nowNs) => Object.fromEntries(entries.map(([name, write]) => [name, write(group, nowNs)]));
    }
  }
}

function textPart(part: TextPart, rule: RulePlan): Write<string> {
  switch (part.kind) {
    case "text":
      return () => part.text;
    case "value": {
      const compute = computing(part.value, rule);
      return (group, nowNs) => valueText(compute(group, nowNs), part.as);
    }
    case "group":
      return (group) => groupText(part.name, group, rule);
  }
}

function groupText(name: string, { names, texts, latest }: Group, rule: RulePlan): string {
  const { by } = names;
  if (Object.hasOwn(by, name)) return by[name] ?? "";
  switch (name) {
    case "rule":
      return rule.name;
    case "severity":
      return rule.severity;
    case "service":
      return names.service;
    case "process":
      return String(names.process ?? "");
    case "value":
      return texts[0] ?? valueText(latest[0] ?? NaN, "number");
    default:
      return "";
  }
}
