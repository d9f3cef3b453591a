// The agent proper, in a file of its own: register.ts loads it into a realm apart, and into the agent's worker as it is.
import { isMainThread } from "node:worker_threads";
import { type ProgramSide, install } from "./agent.js";
import { configurationFrom, configurationOfAttaching } from "./configuration.js";
import { hasHeapForUs } from "./lineage.js";
import { offeredPlace } from "./thread-place.js";
export { runAsWorker } from "./links.js";

/** `agentFile` is what the worker is started from. A fault in here is ours: the program starts without a recording. */
export function start(agentFile: string, programSide: ProgramSide): void {
  const configuration = configurationFrom(process.env);
  if (configuration === undefined) return;
  const place = isMainThread ? undefined : offeredPlace();
  if (!isMainThread && (place === undefined || !hasHeapForUs())) return;
  install(configuration, agentFile, programSide, place);
}

/** False: the order is not one of this agent's. */
export function startAttached(order: unknown, agentFile: string, programSide: ProgramSide): boolean {
  const configuration = configurationOfAttaching(order);
  if (configuration === undefined) return false;
  install(configuration, agentFile, programSide);
  return true;
}
