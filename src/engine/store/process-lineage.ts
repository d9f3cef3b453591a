// The columns of the table `process` that say who started it and what it is: a process, a worker of a cluster, a thread.
import type { Hello } from "../../shared/protocol/agent-wire.js";
import type { ProcessSummary } from "../../shared/protocol/recording-summary.js";
import type { Rows } from "./rows.js";

export const lineageTables: readonly string[] = [
  `ALTER TABLE process ADD COLUMN parent_run VARCHAR`,
  `ALTER TABLE process ADD COLUMN thread_id INTEGER`,
  `ALTER TABLE process ADD COLUMN thread_name VARCHAR`,
  `ALTER TABLE process ADD COLUMN cluster_worker INTEGER`,
];

/** Of the view `processes`, in whose FROM the table is called `name`; the parent as `parentsOf` finds it. */
export const lineageView = (name: string): string => `CASE WHEN ${name}.thread_id IS NOT NULL THEN 'worker thread'
      WHEN ${name}.cluster_worker IS NOT NULL THEN 'cluster worker' ELSE 'process' END AS kind,
    coalesce((SELECT min(q.process) FROM process AS q WHERE q.run_id = ${name}.parent_run),
      (SELECT arg_max(q.process, q.start) FROM process AS q WHERE ${name}.parent_run IS NULL AND q.pid = ${name}.parent_pid
        AND q.thread_id IS NULL AND q.host_name = ${name}.host_name AND q.process <> ${name}.process
        AND q.start <= ${name}.start AND (q.ended IS NULL OR q.ended >= ${name}.start))) AS parent,
    ${name}.thread_id, ${name}.thread_name, ${name}.cluster_worker`;

export type Lineage = Pick<Hello, "parentRunId" | "thread" | "clusterWorker">;

export const kindOf = ({ thread, clusterWorker }: Lineage): ProcessSummary["kind"] =>
  thread !== undefined ? "worker thread" : clusterWorker !== undefined ? "cluster worker" : "process";

export function lineagesFrom(rows: Rows): readonly Lineage[] {
  const [runs, names] = [rows.optionalTexts("parent_run"), rows.optionalTexts("thread_name")];
  const [threads, workers] = [rows.optionalNumbers("thread_id"), rows.optionalNumbers("cluster_worker")];
  return runs.map((parentRunId, row) => {
    const [id, name, clusterWorker] = [threads[row], names[row], workers[row]];
    return {
      ...(parentRunId === undefined ? {} : { parentRunId }),
      ...(id === undefined ? {} : { thread: name === undefined ? { id } : { id, name } }),
      ...(clusterWorker === undefined ? {} : { clusterWorker }),
    };
  });
}
