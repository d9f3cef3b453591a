// Asks an engine within this process; an answer that is none ends the benchmark.
import type { Engine } from "../../src/engine/index.js";
import { neverCancelled } from "../../src/shared/base/cancel.js";
import type { CallArgs, CallResult, EngineCallName } from "../../src/shared/protocol/engine-calls.js";

export async function call<Name extends EngineCallName>(
  engine: Engine,
  name: Name,
  args: CallArgs<Name>,
): Promise<CallResult<Name>> {
  const answer = await engine.handlers[name](args, neverCancelled);
  if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
  return answer.value;
}
