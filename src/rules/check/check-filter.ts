// What stands behind `where`: conditions on the fields of a record, as data.
import type { Expression } from "../syntax/model.js";
import type { Comparison, RecordFilter } from "../plan.js";
import { didYouMean, nearest } from "../problem.js";
import { unitOf } from "../quantity.js";
import type { RuleScope } from "./scope.js";

/** From the least important on; records carry the index. */
export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

const textFunctions = ["contains", "startsWith", "endsWith"] as const;
/** With its sides exchanged. */
export const flipped: Readonly<Record<Comparison, Comparison>> = {
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
  "==": "==",
  "!=": "!=",
};

export function checkFilter(expression: Expression, scope: RuleScope): RecordFilter | undefined {
  switch (expression.kind) {
    case "binary": {
      const { operator, left, right } = expression;
      if (operator === "&&" || operator === "||") {
        const [a, b] = [checkFilter(left, scope), checkFilter(right, scope)];
        return a === undefined || b === undefined
          ? undefined
          : { op: operator === "&&" ? "and" : "or", left: a, right: b };
      }
      if (!isComparison(operator)) return scope.error(expression.place, `${operator} has no meaning behind where`);
      if (left.kind === "name") return comparison(left.parts.join("."), operator, right, scope);
      if (right.kind === "name") return comparison(right.parts.join("."), flipped[operator], left, scope);
      return scope.error(expression.place, 'behind where a field is compared with a value: level == "error"');
    }
    case "unary": {
      const of = expression.operator === "!" ? checkFilter(expression.of, scope) : undefined;
      if (expression.operator === "-") return scope.error(expression.place, "- has no meaning behind where");
      return of === undefined ? undefined : { op: "not", of };
    }
    case "call": {
      const how = textFunctions.find((name) => name === expression.name);
      const [field, text] = expression.args;
      if (how === undefined) {
        const meant = nearest(expression.name, textFunctions);
        const message = `behind where there is no function ${expression.name}${didYouMean(meant)}`;
        return scope.error(expression.namePlace, message, meant);
      }
      if (expression.args.length !== 2 || field?.kind !== "name" || text?.kind !== "text")
        return scope.error(expression.place, `${how} takes a field and a text: ${how}(message, "timeout")`);
      return { op: "text", field: field.parts.join("."), how, text: text.text };
    }
    default:
      return scope.error(expression.place, 'behind where a field is compared with a value: level == "error"');
  }
}

export const isComparison = (operator: string): operator is Comparison => Object.hasOwn(flipped, operator);

function comparison(field: string, how: Comparison, value: Expression, scope: RuleScope): RecordFilter | undefined {
  const isNegative = value.kind === "unary" && value.operator === "-";
  const literal = isNegative ? value.of : value;
  if (field === "level") {
    const level = literal.kind === "text" ? logLevels.findIndex((one) => one === literal.text) : -1;
    if (level !== -1) return { op: "field", field, how, value: level };
    const meant = literal.kind === "text" ? nearest(literal.text, logLevels) : undefined;
    const fix = meant === undefined ? undefined : `"${meant}"`;
    return scope.error(value.place, `a level is one of ${logLevels.join(", ")}${didYouMean(meant)}`, fix);
  }
  switch (literal.kind) {
    case "text":
      if (how !== "==" && how !== "!=") return scope.error(value.place, `texts are compared by == and !=`);
      return { op: "field", field, how, value: literal.text };
    case "boolean":
      if (how !== "==" && how !== "!=") return scope.error(value.place, `true and false are compared by == and !=`);
      return { op: "field", field, how, value: literal.value };
    case "quantity": {
      const unit = literal.unit === undefined ? undefined : unitOf(literal.unit);
      if (field === "duration" && unit?.kind !== "duration")
        return scope.error(value.place, "a duration is compared with a time: duration > 600ms");
      return { op: "field", field, how, value: literal.value * (unit?.factor ?? 1) * (isNegative ? -1 : 1) };
    }
    default:
      return scope.error(value.place, "behind where a field is compared with a text, a number, true or false");
  }
}
