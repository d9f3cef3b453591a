// What rules decided over the records of a case, against what it expects. What one expects of a rule is all that it may do: where it is
// said when a rule fires, it fires at no other time.
import { Evaluator } from "../evaluate/evaluator.js";
import type { RulePlan } from "../plan.js";
import { didYouMean, nearest } from "../problem.js";
import type { Expectation, GroupPart, RuleCase } from "./model.js";

export interface Decided {
  readonly kind: "fired" | "recovered" | "disabled";
  readonly rule: string;
  /** Since the records began. */
  readonly timeNs: number;
  readonly group: GroupPart;
  /** What its actions say, or why it was disabled. */
  readonly said: readonly string[];
}

export interface Difference {
  /** Where it was expected, or the case begins. */
  readonly line: number;
  readonly message: string;
}

/** Of a case whose records are made up. */
export function decidedOver(plans: readonly RulePlan[], { input }: RuleCase): readonly Decided[] {
  if (input.kind !== "series") return [];
  const evaluator = new Evaluator(plans);
  for (const record of input.records) evaluator.take(record);
  return evaluator.finish(input.endNs).map((outcome) => ({
    kind: outcome.kind,
    rule: outcome.rule,
    timeNs: outcome.timeNs,
    group: outcome.kind === "disabled" ? {} : outcome.group.by,
    said:
      outcome.kind === "disabled"
        ? [outcome.reason]
        : outcome.actions.flatMap(({ args }) =>
            args.map((arg) => (typeof arg === "object" ? JSON.stringify(arg) : String(arg))),
          ),
  }));
}

/** In the order of the lines. `rules`: names of those there are. */
export function differencesIn(
  { line, expectations }: RuleCase,
  rules: readonly string[],
  decided: readonly Decided[],
): readonly Difference[] {
  const differences: Difference[] = [];
  const named = new Set<string>();
  for (const expected of expectations) {
    if (rules.includes(expected.rule)) named.add(expected.rule);
    else
      differences.push({
        line: expected.line,
        message: `no rule is called ${expected.rule}${didYouMean(nearest(expected.rule, rules))}`,
      });
  }
  for (const rule of named) {
    const of = decided.filter((one) => one.rule === rule);
    const expected = expectations.filter((one) => one.rule === rule);
    differences.push(...transitions("fired", expected, of, line), ...transitions("recovered", expected, of, line));
    differences.push(...states(expected, of));
  }
  for (const one of decided)
    if (one.kind === "disabled") differences.push({ line, message: `${one.rule} was disabled: ${one.said.join()}` });
  return differences.sort((a, b) => a.line - b.line);
}

const words = { fired: "fires", recovered: "recovers" } as const;

/** Each that is expected takes the first that fits, those that have to be over first before the others. */
function transitions(
  kind: "fired" | "recovered",
  expectations: readonly Expectation[],
  decided: readonly Decided[],
  caseLine: number,
): readonly Difference[] {
  const never = kind === "fired" ? expectations.filter((one) => one.kind === "never") : [];
  const expected = expectations
    .flatMap((one) => ("says" in one && one.kind === kind ? [one] : []))
    .sort((a, b) => a.at.toNs - b.at.toNs || b.at.fromNs - a.at.fromNs);
  if (expected.length === 0 && never.length === 0) return [];
  const left = decided.filter((one) => one.kind === kind);
  const differences: Difference[] = [];
  const unmet: typeof expected = [];
  for (const one of expected) {
    const { at, group, says } = one;
    const found = left.findIndex(
      (other) =>
        other.timeNs >= at.fromNs &&
        other.timeNs <= at.toNs &&
        isIn(other.group, group) &&
        (says === undefined || other.said.some((text) => text.includes(says))),
    );
    if (found === -1) unmet.push(one);
    else left.splice(found, 1);
  }
  for (const one of unmet) {
    const near = left.find(({ group }) => isIn(group, one.group));
    if (near !== undefined) left.splice(left.indexOf(near), 1);
    const instead = near === undefined ? "it does not" : `it ${words[kind]} at ${happened(near)}`;
    differences.push({
      line: one.line,
      message: `${one.rule} is to ${bare[kind]} ${spanText(one.at)}${wantedText(one)}: ${instead}`,
    });
  }
  for (const one of left) {
    const forbidding = never.find(({ group }) => isIn(one.group, group));
    if (forbidding === undefined && expected.length === 0) continue;
    differences.push({
      line: forbidding?.line ?? caseLine,
      message: `${one.rule} ${words[kind]} at ${happened(one)}, which is not expected`,
    });
  }
  return differences;
}

/** What is expected besides the time. */
const wantedText = ({ group, says }: { readonly group: GroupPart; readonly says: string | undefined }): string =>
  [
    ...Object.entries(group).map(([name, value]) => ` ${name}=${value}`),
    ...(says === undefined ? [] : [` saying "${says}"`]),
  ].join("");

const bare = { fired: "fire", recovered: "recover" } as const;

function states(expectations: readonly Expectation[], decided: readonly Decided[]): readonly Difference[] {
  return expectations.flatMap((one) => {
    if (one.kind !== "firing" && one.kind !== "quiet") return [];
    const fires = new Set<string>();
    for (const { kind, timeNs, group } of decided) {
      if (timeNs > one.atNs || !isIn(group, one.group)) continue;
      const key = JSON.stringify(group);
      if (kind === "fired") fires.add(key);
      else fires.delete(key);
    }
    if (fires.size > 0 === (one.kind === "firing")) return [];
    const found = one.kind === "firing" ? "does not fire" : "fires";
    return [{ line: one.line, message: `${one.rule} ${found} at ${timeText(one.atNs)}` }];
  });
}

const isIn = (group: GroupPart, part: GroupPart): boolean =>
  Object.entries(part).every(([name, value]) => Object.hasOwn(group, name) && group[name] === value);

function happened({ timeNs, group, said }: Decided): string {
  const of = Object.entries(group).map(([name, value]) => `${name}=${value}`);
  return [timeText(timeNs), ...of, ...said.map((text) => `"${text}"`)].join(" ");
}

const timeText = (ns: number): string => `${Number((ns / 1e9).toFixed(3))}s`;
const spanText = ({ fromNs, toNs }: { readonly fromNs: number; readonly toNs: number }): string =>
  fromNs === toNs ? `at ${timeText(fromNs)}` : `at ${timeText(fromNs)} to ${timeText(toNs)}`;
