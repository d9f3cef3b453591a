// What rules would have done over a recording: its records are read a stretch at a time, and decided on by the same evaluator that
// decides while a program runs.
import { Evaluator, compileRules, lineColumns } from "../rules/index.js";
import type { Asker } from "../shared/base/asker.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { asksForState, evaluate, originOf, recordsAtOnce } from "./rule-stream.js";
import type { Query } from "./store/readers.js";

type Answer = CallResult<"rules.backtest">;

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
  const origin = originOf(from);
  const evaluator = new Evaluator(read);
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
  const taken = (): void => keep(evaluator.outcomes());
  const records = await evaluate(query, { plans: read, evaluator }, { from, to }, asker, { atOnce, taken });
  keep(evaluator.finish(Number(to - origin)));
  return {
    rules: read.map(({ name: rule, severity, place }) => ({ rule, severity, line: placeOf(place.from).line })),
    unread: unread.map(({ name: rule }) => rule),
    problems: told,
    outcomes,
    records,
  };
}

export const saidText = ({ name, args }: { readonly name: string; readonly args: readonly unknown[] }): string =>
  `${name}(${args.map((arg) => (typeof arg === "string" ? arg : JSON.stringify(arg))).join(", ")})`;
