// In which order processes are named where there is not room for all: those that did most come first, by orders of magnitude, so
// that a live recording does not shuffle them. Who only started others comes after them, and threads after processes.
import type { ProcessSummary } from "../../shared/protocol/recording-summary.js";

type Weighed = Pick<ProcessSummary, "process" | "parent" | "kind" | "written">;

export function byWeight<Process extends Weighed>(processes: readonly Process[]): Process[] {
  const busiestChild = new Map<number, number>();
  for (const { parent, kind, written } of processes)
    if (parent !== undefined && kind !== "worker thread")
      busiestChild.set(parent, Math.max(written, busiestChild.get(parent) ?? 0));
  const group = ({ process, kind, written }: Process): number =>
    kind === "worker thread" ? 2 : written < (busiestChild.get(process) ?? 0) ? 1 : 0;
  const magnitude = ({ written }: Process): number => Math.floor(Math.log10(Math.max(1, written)));
  return processes.toSorted((a, b) => group(a) - group(b) || magnitude(b) - magnitude(a) || a.process - b.process);
}
