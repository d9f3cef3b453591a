// Processes and threads in the order in which they are listed: each below the one that started it.
import type { ProcessSummary } from "./recording-summary.js";

export interface InFamily<Process> {
  readonly process: Process;
  /** How many of those that it comes from are listed above it. */
  readonly depth: number;
}

/** What started nobody knows, and what is its own ancestor because somebody made the file so, stands on top. */
export function inFamilies<Process extends Pick<ProcessSummary, "process" | "parent">>(
  processes: readonly Process[],
): InFamily<Process>[] {
  const known = new Set(processes.map(({ process }) => process));
  const children = new Map<number, Process[]>();
  const first: Process[] = [];
  for (const one of processes) {
    if (one.parent === undefined || !known.has(one.parent)) first.push(one);
    else children.set(one.parent, [...(children.get(one.parent) ?? []), one]);
  }
  const listed: InFamily<Process>[] = [];
  const seen = new Set<number>();
  // A file may claim any number of generations.
  const waiting = [...first, ...processes].map((process): InFamily<Process> => ({ process, depth: 0 })).toReversed();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { process, depth } = next;
    if (seen.has(process.process)) continue;
    seen.add(process.process);
    listed.push(next);
    for (const child of (children.get(process.process) ?? []).toReversed())
      waiting.push({ process: child, depth: depth + 1 });
  }
  return listed;
}

type OfItsKind = Partial<Pick<ProcessSummary, "thread" | "clusterWorker">>;

/** "worker thread 3 resizer", "cluster worker 2"; undefined for a process like any other. */
export function kindText({ thread, clusterWorker }: OfItsKind): string | undefined {
  if (thread !== undefined) return `worker thread ${thread.id}${thread.name === undefined ? "" : ` ${thread.name}`}`;
  return clusterWorker === undefined ? undefined : `cluster worker ${clusterWorker}`;
}

/** "pid 812, worker thread 3": threads have the pid of their process. */
export function pidText(process: Pick<ProcessSummary, "pid"> & OfItsKind): string {
  return [`pid ${process.pid}`, kindText(process)].filter((part) => part !== undefined).join(", ");
}
