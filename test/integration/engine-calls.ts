// Asks an engine within the test's own process; an answer that is none fails the test.
import type { Engine } from "../../src/engine/index.js";
import { neverCancelled } from "../../src/shared/base/cancel.js";
import type { CallArgs, CallResult, EngineCallName } from "../../src/shared/protocol/engine-calls.js";

export type CallEngine = <Name extends EngineCallName>(name: Name, args: CallArgs<Name>) => Promise<CallResult<Name>>;

/** `engine`: the one of the moment. */
export const callsTo =
  (engine: () => Engine): CallEngine =>
  async (name, args) => {
    const answer = await engine().handlers[name](args, neverCancelled);
    if (!answer.ok) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
    return answer.value;
  };
