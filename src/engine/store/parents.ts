// Which process of a recording started which: by the run that a child was told of, else by its parent's pid. Pids repeat,
// so that one is believed only of a process that ran when the child began.
import type { Hello } from "../../shared/protocol/agent-wire.js";
import { lineagesFrom } from "./process-lineage.js";
import type { Rows } from "./rows.js";

export interface Relative {
  readonly process: number;
  readonly hello: Pick<Hello, "runId" | "pid" | "parentPid" | "hostName" | "parentRunId" | "thread">;
  readonly start: bigint;
  readonly ended: { readonly at: bigint } | undefined;
}

/** By the number of the child; nothing for one whose parent was not recorded. */
export function parentsOf(all: readonly Relative[]): ReadonlyMap<number, number> {
  const byRun = new Map(all.map((one) => [one.hello.runId, one.process]));
  const parents = new Map<number, number>();
  for (const child of all) {
    const { parentRunId } = child.hello;
    const parent = parentRunId === undefined ? byPid(all, child)?.process : byRun.get(parentRunId);
    if (parent !== undefined && parent !== child.process) parents.set(child.process, parent);
  }
  return parents;
}

/** The latest that began before it. */
function byPid(all: readonly Relative[], child: Relative): Relative | undefined {
  let found: Relative | undefined;
  for (const one of all) {
    const isParent =
      one !== child &&
      one.hello.thread === undefined &&
      one.hello.pid === child.hello.parentPid &&
      one.hello.hostName === child.hello.hostName &&
      one.start <= child.start &&
      (one.ended === undefined || one.ended.at >= child.start);
    if (isParent && (found === undefined || one.start > found.start)) found = one;
  }
  return found;
}

/** Of the rows of the table `process`. */
export function parentsFrom(rows: Rows): ReadonlyMap<number, number> {
  const [runs, pids, parents] = [rows.texts("run_id"), rows.numbers("pid"), rows.numbers("parent_pid")];
  const [hosts, starts, ends] = [rows.texts("host_name"), rows.bigints("start"), rows.optionalBigints("ended")];
  const lineages = lineagesFrom(rows);
  return parentsOf(
    rows.numbers("process").map((process, row): Relative => {
      const [pid, parentPid, runId, hostName] = [pids[row] ?? 0, parents[row] ?? 0, runs[row] ?? "", hosts[row] ?? ""];
      const at = ends[row];
      return {
        process,
        hello: { runId, pid, parentPid, hostName, ...lineages[row] },
        start: starts[row] ?? 0n,
        ended: at === undefined ? undefined : { at },
      };
    }),
  );
}
