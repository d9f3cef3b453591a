// How a process is told from the others in a line of text: by its service name and its pid.
import { pidText } from "../../shared/protocol/process-families.js";
import type { ProcessSummary } from "../../shared/protocol/recording-summary.js";

/** What of a process its name is made of. */
export type NamedProcess = Pick<ProcessSummary, "process" | "pid" | "serviceName"> &
  Partial<Pick<ProcessSummary, "thread" | "clusterWorker">>;

/** `ledger (pid 812)`, `ledger (pid 812, worker thread 3)` */
export function processText(processes: readonly NamedProcess[], id: number): string {
  const found = processes.find(({ process }) => process === id);
  return `${found?.serviceName ?? `process ${id}`} (${found === undefined ? "pid ?" : pidText(found)})`;
}

/** What a step arrived at. Where several processes were recorded, whose it is comes first: it must not be cut off. */
export function stepText(
  processes: readonly NamedProcess[],
  { process, what }: { readonly process: number; readonly what: string },
): string {
  return processes.length > 1 ? `${processText(processes, process)}: ${what}` : what;
}
