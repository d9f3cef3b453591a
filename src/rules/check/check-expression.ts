// Types of expressions, and the plan of those that have one. What is wrong is told once, where it is; whatever contains it says no more.
import type { Argument, BinaryOperator, Expression } from "../syntax/model.js";
import {
  type Extent,
  type ExpressionPlan,
  type RecordFilter,
  type SourcePlan,
  type WindowFunction,
  windowFunctions,
} from "../plan.js";
import { type Place, didYouMean, nearest } from "../problem.js";
import { type Kind, type Unit, kindWords, nsOf, unitOf } from "../quantity.js";
import { checkFilter, isComparison } from "./check-filter.js";
import type { RuleScope } from "./scope.js";

export interface Typed {
  readonly kind: Kind;
  /** What a bare number beside it is multiplied by. */
  readonly bare: number;
  /** It is such a number itself. */
  readonly isBare: boolean;
  /** So much for each second or minute; a number of seconds. */
  readonly per: number | undefined;
  /** Its plan, for a value whose unit nobody knows: as it is stored, or as what it is compared with. */
  plan(isAsStored: boolean): ExpressionPlan;
  /** Of a value taken as it is: where from. */
  readonly latest?: SourcePlan;
  readonly text?: string;
}

const typed = (kind: Kind, plan: (isAsStored: boolean) => ExpressionPlan, more: Partial<Typed> = {}): Typed => ({
  kind,
  bare: 1,
  isBare: false,
  per: undefined,
  plan,
  ...more,
});

const constant = (value: number): ExpressionPlan => ({ op: "constant", value });

export function checkExpression(expression: Expression, scope: RuleScope): Typed | undefined {
  switch (expression.kind) {
    case "quantity":
      return quantity(expression, scope);
    case "per": {
      const of = checkExpression(expression.of, scope);
      const unit = unitOf(expression.unit);
      if (of === undefined || unit === undefined) return undefined;
      if (unit.kind !== "duration" || expression.of.kind !== "quantity")
        return scope.error(expression.place, "a rate is an amount for each unit of time: 100/s, 1MB/m");
      return { ...of, per: 1, plan: (as) => times(of.plan(as), 1 / unit.factor) };
    }
    case "text":
      return typed("text", () => constant(NaN), { text: expression.text });
    case "boolean":
      return typed("boolean", () => constant(expression.value ? 1 : 0));
    case "name":
    case "member":
      return latestOf(expression, scope);
    case "call":
      return checkCall(expression, scope);
    case "unary":
      return unary(expression, scope);
    case "binary":
      return binary(expression, scope);
  }
}

/** A condition: true or false. */
export function checkCondition(expression: Expression, scope: RuleScope): ExpressionPlan | undefined {
  const checked = checkExpression(expression, scope);
  if (checked === undefined) return undefined;
  if (checked.kind === "boolean") return checked.plan(true);
  return scope.error(expression.place, `this is ${kindWords[checked.kind]}, no condition; compare it with something`);
}

function quantity(
  { value, unit, place }: Extract<Expression, { kind: "quantity" }>,
  scope: RuleScope,
): Typed | undefined {
  if (!Number.isFinite(value)) return scope.error(place, "this number is too large");
  if (unit === undefined) return typed("number", () => constant(value), { isBare: true });
  const known = unitOf(unit);
  return known === undefined ? undefined : typed(known.kind, () => constant(value * known.factor));
}

function latestOf(expression: Expression, scope: RuleScope): Typed | undefined {
  const series = seriesOf(expression, undefined, scope);
  if (series === undefined) return undefined;
  if (series.isRecords)
    return scope.error(
      expression.place,
      `${series.word} are counted over a time: count(${series.word.slice(0, -1)}, 5m)`,
    );
  return typed(
    series.unit.kind,
    (isAsStored) => ({ op: "latest", source: scope.addSource(series.source(isAsStored)) }),
    {
      bare: series.unit.factor,
      latest: series.source(true),
    },
  );
}

interface SeriesOf {
  source(isAsStored: boolean): SourcePlan;
  readonly unit: Unit;
  /** Spans, log lines or events, of which each is one. */
  readonly isRecords: boolean;
  readonly word: string;
}

const recordKinds = { span: "spans", log: "logs", event: "events" } as const;

/** What values are taken from: a metric, spans, logs, events or state. */
function seriesOf(expression: Expression, filter: RecordFilter | undefined, scope: RuleScope): SeriesOf | undefined {
  const { place } = expression;
  if (expression.kind === "name" || expression.kind === "text") {
    const name = expression.kind === "text" ? expression.text : expression.parts.join(".");
    if (name === "span" || name === "log" || name === "event") {
      const unit: Unit = name === "span" ? { kind: "duration", factor: 1e-3 } : { kind: "number", factor: 1 };
      return { source: () => ({ kind: name, filter }), unit, isRecords: true, word: recordKinds[name] };
    }
    const series = scope.series(name, place);
    return {
      source: (isAsStored) => ({ ...series.source(isAsStored), filter }),
      unit: series.unit,
      isRecords: false,
      word: name,
    };
  }
  const call = expression.kind === "member" ? expression.of : expression;
  if (call.kind === "call" && call.name === "state") {
    const [owner] = call.args;
    const isRight = call.args.length === 1 && (owner?.kind === "text" || owner?.kind === "name");
    if (!isRight)
      return scope.error(call.place, `state takes the name of a scope or of a class: state("accounts"), state(Cart)`);
    const steps = expression.kind === "member" ? expression.steps : [];
    const source: SourcePlan = {
      kind: "state",
      scope: owner.kind === "text" ? owner.text : undefined,
      className: owner.kind === "name" ? owner.parts.join(".") : undefined,
      path: steps.map((step) => (step === undefined ? undefined : String(step))),
      filter,
    };
    return { source: () => source, unit: { kind: "unknown", factor: 1 }, isRecords: false, word: "state" };
  }
  if (expression.kind === "member") return scope.error(place, "a name has no [ ] behind it; only state has");
  return scope.error(place, "a series is expected here: a metric, span, log, event or state(…)");
}

function checkCall(call: Extract<Expression, { kind: "call" }>, scope: RuleScope): Typed | undefined {
  if (call.name === "state") return latestOf(call, scope);
  const read = windowFunctions.find((name) => name === call.name);
  if (read === undefined) {
    const meant = nearest(call.name, [...windowFunctions, "state"]);
    return scope.error(call.namePlace, `unknown function: ${call.name}${didYouMean(meant)}`, meant);
  }
  const [over, length] = call.args;
  if (call.args.length !== 2 || over === undefined || length === undefined)
    return scope.error(
      call.place,
      `${read} takes a series and a time, not ${call.args.length}: ${read}(heap.used, 5m)`,
    );
  const filter = over.kind === "selection" ? checkFilter(over.where, scope) : undefined;
  if (over.kind === "selection" && filter === undefined) return undefined;
  if (over.kind === "object" || over.kind === "window")
    return scope.error(over.place, `${read} takes a series first: ${read}(heap.used, 5m)`);
  const series = seriesOf(over.kind === "selection" ? over.of : over, filter, scope);
  const extent = checkExtent(length, read, scope);
  if (series === undefined || extent === undefined) return undefined;
  if (series.isRecords && series.word !== "spans" && !["count", "rate", "absent"].includes(read))
    return scope.error(call.namePlace, `${series.word} have no values for ${read}; count, rate and absent take them`);
  const plan = (isAsStored: boolean): ExpressionPlan => ({
    op: "window",
    window: scope.addWindow(series.source(isAsStored), extent, read),
    read,
  });
  if (read === "absent") return typed("boolean", () => plan(true));
  if (read === "count") return typed("number", () => plan(true));
  if (read === "rate" && series.isRecords) return typed("number", () => plan(true), { per: 1 });
  const per = read === "trend" ? 60 : read === "rate" ? 1 : undefined;
  return typed(series.unit.kind, plan, { bare: series.unit.factor, per });
}

const mostSamples = 10_000;
const mostNs = 7 * 86_400e9;
const leastNs = 1e6;

function checkExtent(length: Argument, read: WindowFunction, scope: RuleScope): Extent | undefined {
  const form = `${read} takes a time second: 5m, 60 (seconds), 5m tumbling or 100 samples`;
  if (length.kind === "window" && length.word === "samples") {
    const isCount = Number.isInteger(length.value) && length.value >= 1 && length.value <= mostSamples;
    if (length.unit !== undefined || !isCount)
      return scope.error(length.place, `a window has 1 to ${mostSamples} samples`);
    return { by: "samples", count: length.value };
  }
  if (length.kind !== "quantity" && length.kind !== "window") return scope.error(length.place, form);
  if (length.kind === "window" && length.word !== "tumbling") {
    const meant = nearest(length.word, ["tumbling", "samples"]);
    return scope.error(length.wordPlace, `${length.word} is no kind of window${didYouMean(meant)}`, meant);
  }
  const ns = nsOf(length.value, length.unit);
  if (ns === undefined) return scope.error(length.place, form);
  if (ns < leastNs || ns > mostNs) return scope.error(length.place, "a window is 1ms to 7d long");
  return { by: "time", ns, isTumbling: length.kind === "window" };
}

function unary({ operator, of, place }: Extract<Expression, { kind: "unary" }>, scope: RuleScope): Typed | undefined {
  const checked = checkExpression(of, scope);
  if (checked === undefined) return undefined;
  const wanted = operator === "!" ? checked.kind === "boolean" : checked.kind !== "boolean" && checked.kind !== "text";
  if (!wanted) return scope.error(place, `${operator} has no meaning before ${kindWords[checked.kind]}`);
  const { latest: _, ...rest } = checked;
  return { ...rest, plan: (as) => ({ op: operator === "!" ? "not" : "minus", of: checked.plan(as) }) };
}

function binary(expression: Extract<Expression, { kind: "binary" }>, scope: RuleScope): Typed | undefined {
  const { operator, place } = expression;
  const left = checkExpression(expression.left, scope);
  const right = checkExpression(expression.right, scope);
  if (left === undefined || right === undefined) return undefined;
  if (operator === "&&" || operator === "||") {
    const wrong = left.kind !== "boolean" ? expression.left : right.kind !== "boolean" ? expression.right : undefined;
    if (wrong !== undefined)
      return scope.error(wrong.place, `${operator} joins conditions; compare this with something`);
    const op = operator === "&&" ? "and" : "or";
    return typed("boolean", (as) => ({ op, left: left.plan(as), right: right.plan(as) }));
  }
  if (left.kind === "text" || right.kind === "text") return texts(left, right, operator, place, scope);
  if (left.kind === "boolean" || right.kind === "boolean")
    return scope.error(place, `${operator} has no meaning for true and false`);
  if (operator === "*" || operator === "/") return product(left, right, operator, place, scope);
  const same = inOneUnit(left, right);
  if (same === undefined) {
    const words = `${kindWords[left.kind]} and ${kindWords[right.kind]}`;
    return scope.error(place, `${operator} goes between two of a kind, not ${words}`);
  }
  if (isComparison(operator)) return typed("boolean", () => ({ op: operator, left: same.left(), right: same.right() }));
  return typed(same.kind, () => ({ op: operator, left: same.left(), right: same.right() }), {
    bare: left.isBare ? right.bare : left.bare,
    isBare: left.isBare && right.isBare,
    per: left.per ?? right.per,
  });
}

/** Both sides in one unit: a bare number takes that of the other; what has none takes what it meets. */
function inOneUnit(
  left: Typed,
  right: Typed,
): { readonly kind: Kind; left(): ExpressionPlan; right(): ExpressionPlan } | undefined {
  const kind = left.kind === "unknown" || left.isBare ? right.kind : left.kind;
  const fits = (side: Typed): boolean => side.kind === kind || side.isBare || side.kind === "unknown";
  if (!fits(left) || !fits(right)) return undefined;
  const planOf = (side: Typed, other: Typed) => (): ExpressionPlan => {
    const isAsStored = side.kind === "unknown" && (other.kind === "unknown" || other.kind === "number");
    const plan = side.plan(isAsStored);
    const inUnit = side.isBare ? times(plan, other.bare) : plan;
    // 1MB/s beside what is per minute.
    return side.per === 1 && other.per === 60 ? times(inUnit, 60) : inUnit;
  };
  return { kind, left: planOf(left, right), right: planOf(right, left) };
}

function times(plan: ExpressionPlan, factor: number): ExpressionPlan {
  if (factor === 1) return plan;
  if (plan.op === "constant") return constant(plan.value * factor);
  return { op: "*", left: plan, right: constant(factor) };
}

function product(left: Typed, right: Typed, operator: "*" | "/", place: Place, scope: RuleScope): Typed | undefined {
  const plan = (as: boolean): ExpressionPlan => ({ op: operator, left: left.plan(as), right: right.plan(as) });
  const isFactor = ({ kind }: Typed): boolean => kind === "number" || kind === "share";
  if (operator === "/" && left.kind === right.kind && left.kind !== "unknown")
    return typed("number", plan, { isBare: left.isBare && right.isBare });
  if (isFactor(right))
    return typed(left.kind, plan, { bare: left.bare, isBare: left.isBare && right.isBare, per: left.per });
  if (operator === "*" && isFactor(left)) return typed(right.kind, plan, { bare: right.bare, per: right.per });
  if (left.kind === "unknown" || right.kind === "unknown") return typed("unknown", plan);
  return scope.error(place, `${kindWords[left.kind]} ${operator} ${kindWords[right.kind]} has no meaning`);
}

function texts(left: Typed, right: Typed, operator: BinaryOperator, place: Place, scope: RuleScope): Typed | undefined {
  if (operator !== "==" && operator !== "!=") return scope.error(place, `${operator} has no meaning for texts`);
  const value = left.text === undefined ? left : right;
  const text = left.text ?? right.text;
  const { latest } = value;
  if (text === undefined || latest?.kind !== "state")
    return scope.error(place, "only values of state are compared with texts here; fields of records behind where");
  return typed("boolean", () => ({ op: "text", source: scope.addSource(latest), isNot: operator === "!=", text }));
}
