// Processes that this thread starts: each is told which run its parent is, and a worker of a cluster its number; how each
// ended is told, which one that was killed cannot do itself.
import { ChildProcess } from "node:child_process";
import type { Guest } from "../guest.js";
import { parentVariable } from "../lineage.js";
import { dataProperty } from "../own-data.js";
import { replaceMethod } from "../patch.js";
import { onChildEnd } from "./child-ends.js";

export interface ChildEnd {
  readonly pid: number;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

export function installChildren(guest: Guest, runId: string, onEnd: (end: ChildEnd) => void): () => void {
  return replaceMethod(
    ChildProcess.prototype,
    "spawn",
    (spawn) =>
      function (...args) {
        const child: unknown = this;
        guest.runAsGuest(() => nameParent(args[0], runId), undefined);
        const result = Reflect.apply(spawn, child, args);
        if (child instanceof ChildProcess) guest.runAsGuest(() => watchEnd(guest, child, onEnd), undefined);
        return result;
      },
  );
}

/** Node has made the list for itself. A child that is given an environment without ours is not recorded. */
function nameParent(options: unknown, runId: string): void {
  if (typeof options !== "object" || options === null) return;
  const pairs = dataProperty(options, "envPairs");
  if (!Array.isArray(pairs)) return;
  let [at, clusterWorker, isRecorded] = [pairs.length, "", false];
  for (let index = 0; index < pairs.length; index++) {
    const pair: unknown = pairs[index];
    if (typeof pair !== "string") continue;
    if (pair.startsWith(`${parentVariable}=`)) at = index;
    if (pair.startsWith("HINDCAST_SOCKET=")) isRecorded = true;
    // As `node:cluster` tells its workers who they are.
    if (pair.startsWith("NODE_UNIQUE_ID=")) clusterWorker = `.${pair.slice("NODE_UNIQUE_ID=".length)}`;
  }
  if (isRecorded) pairs[at] = `${parentVariable}=${runId}${clusterWorker}`;
}

function watchEnd(guest: Guest, child: ChildProcess, onEnd: (end: ChildEnd) => void): void {
  const { pid } = child;
  if (pid === undefined) return;
  onChildEnd(guest, child, ({ exitCode, signal }) => {
    if (exitCode !== undefined || signal !== undefined) onEnd({ pid, exitCode, signal });
  });
}
