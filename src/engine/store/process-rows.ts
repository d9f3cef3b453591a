// The row of each process. How far its records have come changes with every commit, and all processes are told that in one
// statement: a statement costs more than what it says. What else changes seldom, and is written when it does.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { ProcessRow } from "./recording-rows.js";

export class ProcessRows {
  /** What the file says of each process besides how far it came; "" where that is not known. */
  readonly #written = new Map<number, string>();

  /** `known` are processes that the file has already. */
  constructor(known: readonly number[]) {
    for (const process of known) this.#written.set(process, "");
  }

  async write(connection: DuckDBConnection, rows: readonly ProcessRow[]): Promise<void> {
    if (rows.length === 0) return;
    for (const row of rows) {
      if (!this.#written.has(row.process)) await insert(connection, row);
      if (this.#written.get(row.process) !== factsOf(row)) await updateFacts(connection, row);
    }
    await updateProgress(connection, rows);
  }

  committed(rows: readonly ProcessRow[]): void {
    for (const row of rows) this.#written.set(row.process, factsOf(row));
  }
}

function factsOf({ ended, endUnknown, faults, clock }: ProcessRow): string {
  const { at, exitCode, signal, how } = ended ?? {};
  const [offset, uncertainty] = [clock?.offsetNs, clock?.uncertaintyNs];
  return JSON.stringify([String(at), exitCode, signal, how, endUnknown, faults, String(offset), String(uncertainty)]);
}

async function updateProgress(connection: DuckDBConnection, rows: readonly ProcessRow[]): Promise<void> {
  const values = rows.map(
    ({ process, lastSeen, received, made, written, dropped, lastBatch }) =>
      `(${[process, lastSeen, received, made, written, dropped, lastBatch].map((value) => BigInt(value)).join(", ")})`,
  );
  await connection.run(`UPDATE process SET last_seen = p.last_seen, received = p.received, made = p.made, written = p.written,
      dropped = p.dropped, last_batch = p.last_batch
    FROM (VALUES ${values.join(", ")}) AS p(process, last_seen, received, made, written, dropped, last_batch)
    WHERE process.process = p.process`);
}

async function updateFacts(connection: DuckDBConnection, row: ProcessRow): Promise<void> {
  const { process, ended, endUnknown, faults, clock } = row;
  await connection.run(
    `UPDATE process SET ended = $2, exit_code = $3, signal = $4, ending = $5, tail_unknown = $6, report = coalesce($7, report),
       clock_offset = $8, clock_uncertainty = $9 WHERE process = $1`,
    [
      process,
      ended?.at ?? null,
      ended?.exitCode ?? null,
      ended?.signal ?? null,
      ended?.how ?? null,
      endUnknown,
      faults === undefined ? null : JSON.stringify({ faults }),
      clock?.offsetNs ?? null,
      clock?.uncertaintyNs ?? null,
    ],
  );
}

async function insert(connection: DuckDBConnection, { process, hello, category, start }: ProcessRow): Promise<void> {
  await connection.run(
    `INSERT INTO process (process, run_id, pid, parent_pid, service_name, category, argv, exec_argv, cwd, node_version,
       v8_version, platform, arch, host_name, agent_version, settings, time_origin_ms, start, parent_run, thread_id,
       thread_name, cluster_worker)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
    [
      process,
      hello.runId,
      BigInt(hello.pid),
      BigInt(hello.parentPid),
      hello.serviceName,
      category,
      JSON.stringify(hello.argv),
      JSON.stringify(hello.execArgv),
      hello.cwd,
      hello.nodeVersion,
      hello.v8Version,
      hello.platform,
      hello.arch,
      hello.hostName,
      hello.agentVersion,
      JSON.stringify(hello.settings),
      hello.timeOriginMs,
      start,
      hello.parentRunId ?? null,
      hello.thread?.id ?? null,
      hello.thread?.name ?? null,
      hello.clusterWorker ?? null,
    ],
  );
}
