// Where this thread of the program comes from: which run started it, and what it is. A process tells its run to those that
// it starts by its environment, a thread by its place (thread-place.ts).
import workerThreads, { isMainThread, resourceLimits, threadId } from "node:worker_threads";
import type { Hello } from "../shared/protocol/agent-wire.js";
import type { ThreadPlace } from "./thread-place.js";

export type Lineage = Pick<Hello, "parentRunId" | "thread" | "clusterWorker" | "beganMs">;

/** For a child: the run of its parent, and its number if it is a worker of a cluster. */
export const parentVariable = "HINDCAST_PARENT";
const parentPattern = /^([0-9a-f]{32})(?:\.(\d{1,9}))?$/;

/** `isAttached`: what its environment says of parents is of another recording. */
export function lineageOf(place: ThreadPlace | undefined, nowMs: number, isAttached: boolean): Lineage {
  if (isAttached) return { beganMs: nowMs };
  if (place !== undefined) return { parentRunId: place.parentRunId, thread: threadHere(), beganMs: nowMs };
  const [, parentRunId, clusterWorker] = parentPattern.exec(process.env[parentVariable] ?? "") ?? [];
  return {
    ...(parentRunId === undefined ? {} : { parentRunId }),
    ...(clusterWorker === undefined ? {} : { clusterWorker: Number(clusterWorker) }),
  };
}

/** What Node calls a thread that was given no name. */
const nameless = "WorkerThread";
const maxNameUnits = 256;

/** Before versions 22.20 and 24.6 Node does not tell a thread its name. */
function threadHere(): NonNullable<Lineage["thread"]> {
  const name: unknown = Reflect.get(workerThreads, "threadName");
  const isNamed = typeof name === "string" && name !== "" && name !== nameless;
  return isNamed ? { id: threadId, name: name.slice(0, maxNameUnits) } : { id: threadId };
}

/** With less heap a thread of the program keeps all of it for itself: the agent takes a few megabytes. */
const leastHeapMb = 48;

export const hasHeapForUs = (): boolean =>
  isMainThread || (resourceLimits.maxOldGenerationSizeMb ?? Infinity) >= leastHeapMb;

/** For those that this process starts from now on. */
export function tellChildren(runId: string): () => void {
  const before = process.env[parentVariable];
  process.env[parentVariable] = runId;
  return () => {
    if (before === undefined) Reflect.deleteProperty(process.env, parentVariable);
    else process.env[parentVariable] = before;
  };
}
