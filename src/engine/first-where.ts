// When a condition on values (`balance < 0`) came true for the first time: the write that made it so, and the value it is of.
import { type Result, failed, ok } from "../shared/base/result.js";
import type { CallArgs, CallResult } from "../shared/protocol/engine-calls.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import { processId, seq } from "../shared/trace/time.js";
import { conditionFrom } from "../shared/trace/value-condition.js";
import { firstWrite, writesFrom } from "./store/first-write.js";
import type { Query } from "./store/readers.js";

const mostWritesUntilHeld = 16;

type Find = (args: CallArgs<"state.find">) => Promise<Result<CallResult<"state.find">, HindcastError>>;

export async function firstWhere(
  query: Query,
  { recordingId, process, text }: CallArgs<"state.first">,
  find: Find,
): Promise<Result<CallResult<"state.first">, HindcastError>> {
  const condition = conditionFrom(text);
  if (condition === undefined) return failed(hindcastError("bad-condition", { text }));
  const first = await firstWrite(query, condition, process);
  if (first === undefined) return ok({});
  // What holds then holds by this write: before it nothing did. An object is recorded a moment before something holds it.
  for (const write of await writesFrom(query, first, mostWritesUntilHeld)) {
    const at = { kind: "seq", process: processId(write.process), seq: seq(write.seq) } as const;
    const found = await find({ recordingId, process: write.process, at, text, limit: 1 });
    if (!found.ok) return found;
    const [value] = found.value.values;
    if (value !== undefined) return ok({ position: write, value });
  }
  return ok({ position: first });
}
