// How a process is told from the others in a line of text: by its service name and its pid.
import type { ProcessSummary } from "../../shared/protocol/recording-summary.js";

/** What of a process its name is made of. */
export type NamedProcess = Pick<ProcessSummary, "process" | "pid" | "serviceName">;

/** `ledger (pid 812)` */
export function processText(processes: readonly NamedProcess[], id: number): string {
  const found = processes.find(({ process }) => process === id);
  return `${found?.serviceName ?? `process ${id}`} (pid ${found?.pid ?? "?"})`;
}

/** What a step arrived at. Where several processes were recorded, whose it is comes first: it must not be cut off. */
export function stepText(
  processes: readonly NamedProcess[],
  { process, what }: { readonly process: number; readonly what: string },
): string {
  return processes.length > 1 ? `${processText(processes, process)}: ${what}` : what;
}
