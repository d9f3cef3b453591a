// The agent proper, in a file of its own, which register.ts loads into a realm apart.
import { isMainThread } from "node:worker_threads";
import { agentHandleKey } from "../shared/protocol/agent-handle.js";
import { type ProgramSide, install } from "./agent.js";
import { configurationFrom, configurationOfAttaching } from "./configuration.js";
import type { Keeping } from "./keeper.js";
import { hasHeapForUs } from "./lineage.js";
import { offeredPlace } from "./thread-place.js";

/** What runs already has been started without us. */
const nothingIsKept: Keeping = { folder: undefined, build: "", compiled: undefined };

/** `agentFile` is what the worker is started from. A fault in here is ours: the program starts without a recording. */
export function start(agentFile: string, programSide: ProgramSide, keeping: Keeping): void {
  const configuration = configurationFrom(process.env);
  // Preloaded twice: what sets NODE_OPTIONS anew may take over what was set before.
  if (configuration === undefined || agentHandleKey in globalThis) return;
  const place = isMainThread ? undefined : offeredPlace();
  if (!isMainThread && (place === undefined || !hasHeapForUs())) return;
  install(configuration, agentFile, programSide, keeping, place);
}

/** False: the order is not one of this agent's. */
export function startAttached(order: unknown, agentFile: string, programSide: ProgramSide): boolean {
  const configuration = configurationOfAttaching(order);
  if (configuration === undefined) return false;
  install(configuration, agentFile, programSide, nothingIsKept);
  return true;
}
