// Why a rule did or did not fire at an instant of a recording: the rule is evaluated from the beginning, as a back-test does, and
// somebody watches.
import { Evaluator, RuleLook, compileRules } from "../rules/index.js";
import type { Asker } from "../shared/base/asker.js";
import { type Result, failed, ok } from "../shared/base/result.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { asksForState, evaluate, originOf } from "./rule-stream.js";
import type { Query } from "./store/readers.js";

type Args = Omit<CallArgs<"rules.explain">, "recordingId">;
type Answer = CallResult<"rules.explain">;

/** That are told of. */
const mostGroups = 50;
/** With the course of their values. */
const mostCourses = 5;

export async function explainRule(
  query: Query,
  { source, name, rule, from, to, at, buckets }: Args,
  asker: Asker,
): Promise<Result<Answer, HindcastError>> {
  const plan = compileRules(source, { fileName: name }).plans.find((one) => one.name === rule);
  if (plan === undefined) return failed(hindcastError("no-such-rule", { rule }));
  const about = {
    isUnread: asksForState(plan),
    forNs: BigInt(plan.forNs),
    clauses: plan.clauses.map(({ place, compared }) => ({
      ...place,
      text: source.slice(place.from, place.to),
      ...(compared === undefined
        ? {}
        : { needs: `${compared.how} ${source.slice(compared.limitPlace.from, compared.limitPlace.to)}` }),
    })),
  };
  if (about.isUnread) return ok({ ...about, groups: [], groupCount: 0 });
  const origin = originOf(from);
  const sinceOrigin = (instant: bigint): number => Number(instant - origin);
  const look = new RuleLook(plan, {
    atNs: sinceOrigin(at),
    fromNs: sinceOrigin(from),
    toNs: sinceOrigin(to),
    buckets,
    courses: mostCourses,
  });
  const evaluator = new Evaluator([plan], { watch: (group, nowNs) => look.note(group, nowNs) });
  await evaluate(query, { plans: [plan], evaluator }, { from, to }, asker, { taken: () => void evaluator.outcomes() });
  evaluator.finish(sinceOrigin(to));
  const instantOf = (ns: number): bigint => origin + BigInt(Math.round(ns));
  const { groups } = look;
  return ok({
    ...about,
    groups: groups
      .slice(0, mostGroups)
      .map(({ group, state, sinceNs, coolUntilNs, evaluatedNs, clauses, courses }) => ({
        by: { ...group.by },
        state,
        evaluated: instantOf(evaluatedNs),
        ...(state === "inactive" ? {} : { since: instantOf(sinceNs) }),
        ...(coolUntilNs > evaluatedNs ? { coolUntil: instantOf(coolUntilNs) } : {}),
        clauses: clauses.map(({ holds, compared }) => ({
          ...(holds === undefined ? {} : { holds }),
          ...(compared === undefined ? {} : { compared: withoutNaN(compared) }),
        })),
        courses: [...courses],
      })),
    groupCount: groups.length,
  });
}

type Compared = NonNullable<RuleLook["groups"][number]["clauses"][number]["compared"]>;

const withoutNaN = ({ value, limit, ...texts }: Compared) => ({
  ...texts,
  ...(Number.isNaN(value) ? {} : { value }),
  ...(Number.isNaN(limit) ? {} : { limit }),
});
