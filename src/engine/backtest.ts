// What rules would have done over a recording: its records are read a stretch at a time, and decided on by the same evaluator that
// decides while a program runs.
import { Evaluator, type RulePlan, compileRules, lineColumns } from "../rules/index.js";
import { type Asker, tellPart } from "../shared/base/asker.js";
import { throwIfCancelled } from "../shared/base/cancel.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import type { Query } from "./store/readers.js";
import { type Stretch, type Wanted, countIn, recordsIn, servicesIn } from "./store/rule-records.js";

type Answer = CallResult<"rules.backtest">;

/** At once in memory. */
const recordsAtOnce = 100_000;
/** A stretch that is not cut further. */
const shortestNs = 1_000_000n;
const dayNs = 86_400_000_000_000n;

export async function backtest(
  query: Query,
  { source, name, from, to }: Pick<CallArgs<"rules.backtest">, "source" | "name" | "from" | "to">,
  asker: Asker,
  atOnce = recordsAtOnce,
): Promise<Answer> {
  const { plans, problems } = compileRules(source, { fileName: name });
  const placeOf = lineColumns(source);
  const told = problems.map(({ from: start, severity, message }) => ({ ...placeOf(start), severity, message }));
  const [read, unread] = [plans.filter((plan) => !asksForState(plan)), plans.filter(asksForState)];
  const wanted = wantedBy(read);
  // The same for every range and for whoever evaluates live: ticks are multiples of seconds since it.
  const origin = (from / dayNs) * dayNs;
  const evaluator = new Evaluator(read);
  const services = await servicesIn(query);
  const serviceOf = (process: number): string => services.get(process) ?? "";
  let records = 0;
  const outcomes: Answer["outcomes"][number][] = [];
  const keep = (found: ReturnType<Evaluator["outcomes"]>): void => {
    for (const { timeNs, rule, ...outcome } of found)
      outcomes.push({
        instant: origin + BigInt(Math.round(timeNs)),
        rule,
        kind: outcome.kind,
        group: outcome.kind === "disabled" ? {} : { ...outcome.group.by },
        said: outcome.kind === "disabled" ? [outcome.reason] : outcome.actions.map(saidText),
      });
  };
  for await (const stretch of stretchesOf(query, wanted, { from, until: to + 1n }, atOnce)) {
    throwIfCancelled(asker.signal);
    const found = await recordsIn(query, wanted, stretch, origin, serviceOf);
    records += found.length;
    evaluator.take(found);
    keep(evaluator.outcomes());
    tellPart(asker, { done: Number(stretch.until - from) / Number(to + 1n - from), total: 1, unit: "share" });
  }
  keep(evaluator.finish(Number(to - origin)));
  return {
    rules: read.map(({ name: rule, severity, place }) => ({ rule, severity, line: placeOf(place.from).line })),
    unread: unread.map(({ name: rule }) => rule),
    problems: told,
    outcomes,
    records,
  };
}

const asksForState = (plan: RulePlan): boolean => plan.sources.some(({ kind }) => kind === "state");

function wantedBy(plans: readonly RulePlan[]): Wanted {
  const metrics = new Set<string>();
  const kinds = new Set<"span" | "log" | "event">();
  for (const source of plans.flatMap((plan) => plan.sources)) {
    if (source.kind === "metric") metrics.add(source.name);
    else if (source.kind === "derived") {
      if (source.derivation.how === "total") metrics.add(source.derivation.metric);
      else kinds.add("span");
    } else if (source.kind !== "state") kinds.add(source.kind);
  }
  return { metrics: [...metrics], kinds };
}

/** One after the other, none with many more records than are read at once, however close they are together. */
async function* stretchesOf(query: Query, wanted: Wanted, whole: Stretch, atOnce: number): AsyncIterable<Stretch> {
  const waiting = [whole];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { from, until } = next;
    const middle = from + (until - from) / 2n;
    if (until - from <= shortestNs || (await countIn(query, wanted, next)) <= atOnce) yield next;
    else waiting.push({ from: middle, until }, { from, until: middle });
  }
}

const saidText = ({ name, args }: { readonly name: string; readonly args: readonly unknown[] }): string =>
  `${name}(${args.map((arg) => (typeof arg === "string" ? arg : JSON.stringify(arg))).join(", ")})`;
