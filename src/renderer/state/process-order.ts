// In which order processes are named. Where there is not room for all, those that did most come first, by orders of magnitude, so
// that a live recording does not shuffle them. Who only started others comes after them, and threads after processes.
import type { ProcessSummary } from "../../shared/protocol/recording-summary.js";

type Weighed = Pick<ProcessSummary, "process" | "parent" | "kind" | "written">;

export function byWeight<Process extends Weighed>(processes: readonly Process[]): Process[] {
  const isStarter = starters(processes);
  const group = (one: Process): number => (one.kind === "worker thread" ? 2 : isStarter(one) ? 1 : 0);
  const magnitude = ({ written }: Process): number => Math.floor(Math.log10(Math.max(1, written)));
  return processes.toSorted((a, b) => group(a) - group(b) || magnitude(b) - magnitude(a) || a.process - b.process);
}

/** As they came, but who only started others after all of them. A thread stays below its process. */
export function startersLast<Process extends Weighed>(processes: readonly Process[]): Process[] {
  const isStarter = starters(processes);
  const byId = new Map(processes.map((one) => [one.process, one]));
  const group = (one: Process): number => {
    const owner = one.kind === "worker thread" ? byId.get(one.parent ?? one.process) : one;
    return owner !== undefined && owner.kind !== "worker thread" && isStarter(owner) ? 1 : 0;
  };
  return processes.toSorted((a, b) => group(a) - group(b));
}

/** Who wrote less than one of the processes that it started. */
function starters(processes: readonly Weighed[]): (one: Weighed) => boolean {
  const busiestChild = new Map<number, number>();
  for (const { parent, kind, written } of processes)
    if (parent !== undefined && kind !== "worker thread")
      busiestChild.set(parent, Math.max(written, busiestChild.get(parent) ?? 0));
  return ({ process, written }) => written < (busiestChild.get(process) ?? 0);
}
