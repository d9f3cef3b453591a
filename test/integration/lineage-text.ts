// The processes and threads that reported, as text: how each ended, behind those that it comes from.
import type { ProgramSeen } from "./agent-listener.js";

/** "main 0 > worker 2 0 > thread 8": `main` has the parent that is told, if any, and is the child of a process otherwise. */
export function lineageTexts(programs: readonly ProgramSeen[]): string[] {
  const byRun = new Map(programs.map((one) => [one.hello?.runId, one]));
  const textOf = (one: ProgramSeen): string => {
    const { thread, clusterWorker, parentRunId } = one.hello ?? {};
    const parent = parentRunId === undefined ? undefined : byRun.get(parentRunId);
    const kind = thread !== undefined ? "thread" : clusterWorker !== undefined ? `worker ${clusterWorker}` : "process";
    const own = `${kind} ${one.bye?.exitCode ?? "?"}`;
    return parent === undefined ? own : `${textOf(parent)} > ${own}`;
  };
  return programs.map(textOf).toSorted();
}
