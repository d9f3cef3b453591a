// What a rule does when it fires: actions known by name, with as many arguments as they take, and texts with values in them.
import type { ActionCall, Argument } from "../syntax/model.js";
import type { ActionArgument, ActionPlan, TextPart } from "../plan.js";
import { type Place, didYouMean, nearest } from "../problem.js";
import { readExpression } from "../syntax/read-rules.js";
import { actionAliases, actions } from "../words.js";
import { checkExpression } from "./check-expression.js";
import type { RuleScope } from "./scope.js";

/** What every group has. */
export const groupNames = ["service", "process", "path", "id", "value", "rule", "severity"] as const;

export function checkAction(call: ActionCall, by: readonly string[], scope: RuleScope): ActionPlan | undefined {
  const name = Object.hasOwn(actionAliases, call.name) ? actionAliases[call.name] : call.name;
  const action = actions.find((one) => one.name === name);
  if (action === undefined) {
    const meant = nearest(call.name, [...actions.map((one) => one.name), ...Object.keys(actionAliases)]);
    return scope.error(call.namePlace, `unknown action: ${call.name}${didYouMean(meant)}`, meant);
  }
  const count = call.args.length;
  if (count < action.least || count > action.most)
    return scope.error(call.place, `${call.name} is written ${action.form}; this has ${count} arguments`);
  return { name: action.name, args: call.args.map((argument) => checkArgument(argument, by, scope)) };
}

const noValue: ActionArgument = { kind: "text", parts: [{ kind: "text", text: "no value" }] };

function checkArgument(argument: Argument, by: readonly string[], scope: RuleScope): ActionArgument {
  switch (argument.kind) {
    case "text":
      return { kind: "text", parts: textParts(argument.text, argument.place, by, scope) };
    case "object":
      return {
        kind: "object",
        entries: argument.entries.map(([name, value]) => [name, checkArgument(value, by, scope)] as const),
      };
    case "selection":
    case "window":
      scope.error(argument.place, "this is no value");
      return noValue;
    default: {
      // What is told may lack a value; what is decided may not. Nothing keeps a rule from firing because of its message.
      const { value: checked, problems } = scope.attempt(() => checkExpression(argument, scope));
      const [first] = problems;
      if (checked === undefined) {
        if (first?.message.startsWith("unknown function") === true) scope.problems.push(first);
        else scope.warning(first ?? argument.place, `this has no value: ${first?.message ?? ""}`);
        return noValue;
      }
      scope.problems.push(...problems);
      return { kind: "value", value: checked.plan(true), as: checked.kind };
    }
  }
}

/** `${…}` of an expression of this language is its value; any other is text as it stands. */
export function textParts(text: string, place: Place, by: readonly string[], scope: RuleScope): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const { 0: whole, 1: inner = "", index } of text.matchAll(/\$\{([^{}]*)\}/g)) {
    // Behind the quote that the text begins with.
    const from = place.from + 1 + index;
    const part = interpolated(inner, { from, to: from + whole.length }, by, scope);
    if (part === undefined) continue;
    if (index > end) parts.push({ kind: "text", text: text.slice(end, index) });
    parts.push(part);
    end = index + whole.length;
  }
  if (end < text.length || parts.length === 0) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}

function interpolated(inner: string, place: Place, by: readonly string[], scope: RuleScope): TextPart | undefined {
  const expression = readExpression(inner);
  const name = expression?.kind === "name" ? expression.parts.join(".") : undefined;
  if (name !== undefined && [...groupNames, ...by].includes(name)) return { kind: "group", name };
  if (expression === undefined) {
    scope.warning(place, "this is no expression of rules and stays text");
    return undefined;
  }
  const { value: checked, problems, failed } = scope.attempt(() => checkExpression(expression, scope));
  const [first] = problems;
  if (first !== undefined) scope.warning(place, failed ? `this stays text: ${first.message}` : first.message);
  return checked === undefined ? undefined : { kind: "value", value: checked.plan(true), as: checked.kind };
}
