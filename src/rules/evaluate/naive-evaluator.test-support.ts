// The evaluator as the documentation reads: it keeps every record, and computes each value anew from all of them.
import type { ExpressionPlan, RulePlan, SourcePlan, WindowPlan } from "../plan.js";
import { storedUnit } from "../quantity.js";
import { recordTest } from "./filter.js";
import { Incident } from "./incident.js";
import { type RuleRecord, fieldOf } from "./record.js";
import { bucketOf, valueOf } from "./sketch.js";
import { panesOf } from "./window.js";

interface Sample {
  readonly timeNs: number;
  readonly value: number;
  readonly text: string | undefined;
}

/** Told of each evaluation, and what an expression comes to in it. */
type NaiveWatch = (key: string, nowNs: number, state: string, value: (expression: ExpressionPlan) => number) => void;

/** Outcomes as `TIME RULE fired|recovered GROUP`. */
export function naiveOutcomes(
  plans: readonly RulePlan[],
  given: readonly RuleRecord[],
  endNs: number,
  watch: NaiveWatch = () => undefined,
): string[] {
  const records = [...given].sort((a, b) => a.timeNs - b.timeNs || a.process - b.process || a.seq - b.seq);
  const outcomes: string[] = [];
  const runs = plans.map((plan) => ({ plan, incidents: new Map<string, Incident>() }));
  const evaluate = (
    run: (typeof runs)[number],
    key: string,
    nowNs: number,
    seen: readonly RuleRecord[],
    tickNs: number,
  ) => {
    const { plan, incidents } = run;
    const timing = { forNs: plan.forNs, cooldownNs: plan.cooldownNs, recoverForNs: plan.recover?.forNs ?? 0 };
    const incident = incidents.get(key) ?? new Incident(timing);
    incidents.set(key, incident);
    const value = (expression: ExpressionPlan) => computed(expression, plan, seen, key, nowNs, tickNs);
    const holds = value(plan.condition) === 1;
    const isOver = plan.recover === undefined ? !holds : value(plan.recover.condition) === 1;
    const turn = incident.step(nowNs, holds, isOver);
    watch(key, nowNs, incident.state, value);
    if (turn !== undefined) outcomes.push(`${nowNs} ${plan.name} ${turn} ${key}`);
  };
  const [first] = records;
  if (first === undefined) return [];
  const firstTick = ({ tickNs }: RulePlan) => Math.ceil(first.timeNs / tickNs) * tickNs;
  const ticks = new Set<number>();
  for (const plan of plans) for (let at = firstTick(plan); at <= endNs; at += plan.tickNs) ticks.add(at);
  const instants = [
    ...records.map((record, index) => ({ timeNs: record.timeNs, order: 0, record, index })),
    ...[...ticks].map((timeNs) => ({ timeNs, order: 1, record: undefined, index: 0 })),
  ].sort((a, b) => a.timeNs - b.timeNs || a.order - b.order || a.index - b.index);
  for (const { timeNs, record, index } of instants) {
    for (const run of runs) {
      const { plan } = run;
      if (record === undefined) {
        if (timeNs < firstTick(plan) || timeNs % plan.tickNs !== 0) continue;
        const seen = records.filter((one) => one.timeNs <= timeNs);
        for (const key of keysOf(plan, seen)) evaluate(run, key, timeNs, seen, timeNs);
      } else if (plan.isAtRecords && plan.sources.some((source) => takes(source, record))) {
        const tickNs = Math.ceil(timeNs / plan.tickNs - 1) * plan.tickNs;
        evaluate(
          run,
          keyOf(plan, record),
          timeNs,
          records.slice(0, index + 1),
          tickNs < firstTick(plan) ? NaN : tickNs,
        );
      }
    }
  }
  return outcomes;
}

const keyOf = (plan: RulePlan, record: RuleRecord): string =>
  plan.by.map((field) => String(fieldOf(record, field) ?? "")).join("|");

function keysOf(plan: RulePlan, seen: readonly RuleRecord[]): Iterable<string> {
  if (plan.by.length === 0) return [""];
  return new Set(
    seen.filter((record) => plan.sources.some((source) => takes(source, record))).map((record) => keyOf(plan, record)),
  );
}

function takes(source: SourcePlan, record: RuleRecord): boolean {
  if (!recordTest(source.filter)(record)) return false;
  if (source.kind === "derived") {
    if (source.derivation.how === "total") return record.kind === "metric" && record.name === source.derivation.metric;
    return (
      record.kind === "span" && record.spanKind === "server" && record.attribute("http.request.method") !== undefined
    );
  }
  if (source.kind !== record.kind) return false;
  if (source.kind === "metric") return record.kind === "metric" && record.name === source.name;
  if (source.kind !== "state" || record.kind !== "state") return true;
  const isOwner = source.scope === undefined ? record.className === source.className : record.scope === source.scope;
  const pattern = source.path.map((step) => (step === undefined ? "[^|]*" : step)).join("\\|");
  return isOwner && new RegExp(`^${pattern}$`).test(record.path.join("|"));
}

function samplesOf(source: SourcePlan, plan: RulePlan, seen: readonly RuleRecord[], key: string): Sample[] {
  const taken = seen.filter((record) => takes(source, record) && keyOf(plan, record) === key);
  return taken.map((record, index) => {
    const text = record.kind === "state" && record.value !== undefined ? String(record.value) : undefined;
    return { timeNs: record.timeNs, value: valueFrom(source, record, taken.slice(0, index + 1)), text };
  });
}

function valueFrom(source: SourcePlan, record: RuleRecord, upTo: readonly RuleRecord[]): number {
  const duration = (one: RuleRecord) => (one.kind === "span" ? one.durationNs / 1e9 : NaN);
  if (source.kind === "derived") {
    const { derivation } = source;
    const lately = upTo.filter((one) => one.timeNs > record.timeNs - 60e9);
    switch (derivation.how) {
      case "duration":
        return duration(record);
      case "longest":
        return Math.max(...upTo.map(duration));
      case "count":
        return upTo.filter(recordTest(derivation.where)).length;
      case "share":
        return lately.filter(recordTest(derivation.where)).length / lately.length;
      case "rate":
        return lately.length / 60;
      case "total":
        return upTo.reduce((sum, one) => sum + (one.kind === "metric" ? one.value : 0), 0);
    }
  }
  switch (record.kind) {
    case "metric": {
      const isAsStored = source.kind === "metric" && source.isAsStored;
      return record.value * (isAsStored ? 1 : storedUnit(record.name, record.unit).factor);
    }
    case "span":
      return duration(record);
    case "state":
      return typeof record.value === "number"
        ? record.value
        : typeof record.value === "boolean"
          ? Number(record.value)
          : NaN;
    default:
      return 1;
  }
}

function computed(
  expression: ExpressionPlan,
  plan: RulePlan,
  seen: readonly RuleRecord[],
  key: string,
  nowNs: number,
  tickNs: number,
): number {
  const value = (one: ExpressionPlan) => computed(one, plan, seen, key, nowNs, tickNs);
  const lastOf = (index: number) => samplesOf(known(plan.sources[index]), plan, seen, key).at(-1);
  switch (expression.op) {
    case "constant":
      return expression.value;
    case "latest": {
      const last = lastOf(expression.source);
      const isFresh = plan.sources[expression.source]?.kind === "state" || nowNs - (last?.timeNs ?? 0) <= 300e9;
      return last !== undefined && isFresh ? last.value : NaN;
    }
    case "text": {
      const text = lastOf(expression.source)?.text;
      return text === undefined ? NaN : Number((text === expression.text) !== expression.isNot);
    }
    case "window": {
      const window = known(plan.windows[expression.window]);
      const source = known(plan.sources[window.source]);
      const samples = samplesOf(source, plan, seen, key).filter(
        (one) => one.timeNs <= tickNs && !Number.isNaN(one.value),
      );
      return Number.isNaN(tickNs) ? NaN : read(expression.read, window, plan, samples, tickNs, source.kind);
    }
    case "not":
      return 1 - value(expression.of);
    case "minus":
      return -value(expression.of);
    default: {
      const [a, b] = [value(expression.left), value(expression.right)];
      switch (expression.op) {
        case "and":
          return a === 0 || b === 0 ? 0 : a * b;
        case "or":
          return a === 1 || b === 1 ? 1 : a + b;
        case "+":
          return a + b;
        case "-":
          return a - b;
        case "*":
          return a * b;
        case "/":
          return b === 0 ? NaN : a / b;
        default: {
          if (Number.isNaN(a) || Number.isNaN(b)) return NaN;
          const order = { "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a === b, "!=": a !== b };
          return Number(order[expression.op]);
        }
      }
    }
  }
}

function read(
  how: string,
  { extent }: WindowPlan,
  plan: RulePlan,
  all: readonly Sample[],
  tickNs: number,
  kind: SourcePlan["kind"],
): number {
  let inside = all;
  if (extent.by === "samples") inside = all.slice(-extent.count);
  else {
    const { ns } = panesOf(extent.ns, plan.tickNs, extent.isTumbling);
    const endNs = Math.floor(tickNs / ns) * ns;
    inside = all.filter(({ timeNs }) => timeNs > endNs - extent.ns && timeNs <= endNs);
  }
  const values = inside.map(({ value }) => value);
  const [first, last] = [inside[0], inside.at(-1)];
  const count = values.length;
  if (how === "count") return count;
  if (how === "absent") return Number(count === 0);
  const isRecords = kind === "span" || kind === "log" || kind === "event";
  if (how === "rate" && isRecords && extent.by === "time") return count / (extent.ns / 1e9);
  if (first === undefined || last === undefined) return NaN;
  const sum = values.reduce((total, value) => total + value, 0);
  const seconds = (last.timeNs - first.timeNs) / 1e9;
  switch (how) {
    case "avg":
      return sum / count;
    case "sum":
      return sum;
    case "min":
      return Math.min(...values);
    case "max":
      return Math.max(...values);
    case "stddev":
      return Math.sqrt(values.reduce((total, value) => total + (value - sum / count) ** 2, 0) / count);
    case "delta":
      return last.value - first.value;
    case "trend":
      return seconds === 0 ? NaN : ((last.value - first.value) / seconds) * 60;
    case "rate": {
      const steps = values
        .slice(1)
        .map((value, index) => (value >= known(values[index]) ? value - known(values[index]) : value));
      return seconds === 0 ? NaN : (isRecords ? count : steps.reduce((total, step) => total + step, 0)) / seconds;
    }
    default: {
      const sorted = [...values].sort((a, b) => a - b);
      const share = Number(how.slice(1)) / 100;
      return valueOf(bucketOf(sorted[Math.max(1, Math.ceil(share * count)) - 1] ?? NaN));
    }
  }
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("A plan refers to what it does not have");
  return value;
}
