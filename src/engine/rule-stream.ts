// The records of a recording as an evaluator takes them: a stretch at a time, in order, only what its rules ask for.
import { type Evaluator, type RecordNeeds, type RulePlan, needsOf } from "../rules/index.js";
import { type Asker, tellPart } from "../shared/base/asker.js";
import { throwIfCancelled } from "../shared/base/cancel.js";
import type { Query } from "./store/readers.js";
import { RecordsInOrder } from "./store/rule-columns.js";
import { RuleRecords, type Stretch, countIn } from "./store/rule-records.js";

/** At once in memory. */
export const recordsAtOnce = 100_000;
/** A stretch that is not cut further. */
const shortestNs = 1_000_000n;
const dayNs = 86_400_000_000_000n;

export interface Whole {
  readonly from: bigint;
  readonly to: bigint;
}

/** What times are counted from: the same for every range and for whoever evaluates live, since ticks are multiples of seconds. */
export const originOf = (from: bigint): bigint => (from / dayNs) * dayNs;

/** Back-tests do not read state so far. */
export const asksForState = (plan: RulePlan): boolean => plan.sources.some(({ kind }) => kind === "state");

/** Hands an evaluator what its rules ask for; `taken` after each stretch. How many records that were. */
export async function evaluate(
  query: Query,
  { plans, evaluator }: { readonly plans: readonly RulePlan[]; readonly evaluator: Evaluator },
  { from, to }: Whole,
  asker: Asker,
  { atOnce = recordsAtOnce, taken = () => undefined }: { readonly atOnce?: number; readonly taken?: () => void } = {},
): Promise<number> {
  const needs = needsOf(plans);
  const stored = new RuleRecords(query, needs, originOf(from));
  let records = 0;
  for await (const stretch of stretchesOf(query, needs, { from, until: to + 1n }, atOnce)) {
    throwIfCancelled(asker.signal);
    const found = new RecordsInOrder(await stored.in(stretch));
    records += found.length;
    for (let record = found.next(); record !== undefined; record = found.next()) evaluator.take(record);
    taken();
    tellPart(asker, { done: Number(stretch.until - from) / Number(to + 1n - from), total: 1, unit: "share" });
  }
  return records;
}

/** One after the other, none with many more records than are read at once, however close they are together. */
export async function* stretchesOf(
  query: Query,
  needs: RecordNeeds,
  whole: Stretch,
  atOnce: number,
): AsyncIterable<Stretch> {
  const waiting = [whole];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { from, until } = next;
    const middle = from + (until - from) / 2n;
    if (until - from <= shortestNs || (await countIn(query, needs, next)) <= atOnce) yield next;
    else waiting.push({ from: middle, until }, { from, until: middle });
  }
}
