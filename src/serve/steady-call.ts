// Calls of a host to its own engine, which may be killed and started anew at any moment. A call that can be repeated is
// asked of the next engine, which knows every live recording by the same id.
import { failed } from "../shared/base/result.js";
import { createCodec } from "../shared/protocol/codec.js";
import { type HindcastError, hindcastError } from "../shared/protocol/errors.js";
import type { EngineCallName } from "../shared/protocol/engine-calls.js";
import { type Call, type EngineClient, connectToEngine } from "../shared/protocol/rpc.js";
import type { EngineChild } from "./engine-child.js";

const notRepeated: readonly EngineCallName[] = [
  "recording.create",
  "recording.launch",
  "recording.restart",
  "recording.attach",
  "recording.demo",
];

export function steadyCallTo(engine: EngineChild): Call {
  let connected: Promise<EngineClient | undefined> | undefined;
  const connect = async (): Promise<EngineClient | undefined> => {
    const transport = await engine.connect();
    if (transport === undefined) return undefined;
    transport.onClose(() => (connected = undefined));
    return connectToEngine(transport, createCodec());
  };
  return async (name, args, signal, onProgress) => {
    for (;;) {
      const client = await (connected ??= connect());
      if (client === undefined) return failed(whyNone(engine));
      const answer = await client.call(name, args, signal, onProgress);
      const isLost = !answer.ok && answer.error.code === "engine-lost";
      if (!isLost || notRepeated.includes(name)) return answer;
    }
  };
}

const whyNone = ({ gaveUpAfter }: EngineChild): HindcastError =>
  gaveUpAfter === undefined
    ? hindcastError("engine-lost")
    : hindcastError("engine-crashed", { times: String(gaveUpAfter) });
