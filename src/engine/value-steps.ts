// A value of captured state as steps over time, as far as it is a number: true is 1 and false is 0.
import { type Result, ok } from "../shared/base/result.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import type { HindcastError } from "../shared/protocol/errors.js";
import type { Step } from "./correlation/held.js";

type History = (args: CallArgs<"state.history">) => Promise<Result<CallResult<"state.history">, HindcastError>>;

/** Of more writes the newest. */
const mostWrites = 50_000;

/** Since `from`; undefined where no value is asked for. */
export async function stepsOf(
  history: History,
  { recordingId, from, value }: Pick<CallArgs<"metrics.correlate">, "recordingId" | "from" | "value">,
): Promise<Result<readonly Step[] | undefined, HindcastError>> {
  if (value === undefined) return ok(undefined);
  const answer = await history({ recordingId, ...value, limit: mostWrites });
  if (!answer.ok) return answer;
  const { writes, total } = answer.value;
  const own = writes.filter(({ path }) => path === value.path);
  const steps = own.map((write) => ({ atNs: Number(write.instant - from), value: numberOf(write.new) }));
  const [first] = own;
  // What it was before the first write is known where that is there.
  const since = first === undefined || total > writes.length ? [] : [{ atNs: -1e18, value: numberOf(first.old) }];
  return ok([...since, ...steps]);
}

const numberOf = (value: unknown): number => {
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "number" && Number.isFinite(value) ? value : Number.NaN;
};
