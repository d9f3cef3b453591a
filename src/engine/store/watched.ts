// Work of DuckDB's for somebody who waits: it stops when they give up, and they are told which share of it is done.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { Asker, CallProgress, Progress } from "../../shared/base/asker.js";
import { type CancelSignal, Cancelled, throwIfCancelled } from "../../shared/base/cancel.js";

/** What is answered sooner is not looked at. */
const lookEveryMs = 100;

/** DuckDB counts how far a query of this connection is, and prints nothing of it. Not once the configuration is locked. */
export async function countProgress(connection: DuckDBConnection): Promise<void> {
  await connection.run(`SET enable_progress_bar = true`);
  await connection.run(`SET enable_progress_bar_print = false`);
}

/** Throws `Cancelled` when they gave up, whatever came of it. Nothing else may use the connection meanwhile. */
export async function watched<Value>(
  connection: DuckDBConnection,
  { signal, tell }: Asker,
  work: () => Promise<Value>,
): Promise<Value> {
  throwIfCancelled(signal);
  const forget = interruptWith(connection, signal);
  const quiet = watchProgress(connection, tell);
  try {
    return await work();
  } catch (error) {
    throw signal.aborted ? new Cancelled() : error;
  } finally {
    quiet();
    forget();
  }
}

/** While nothing can be counted: what is done is told again and again, so that it is heard once it takes long. */
export async function underWords<Value>(
  { tell }: Asker,
  words: () => CallProgress,
  work: () => Promise<Value>,
): Promise<Value> {
  const timer = setInterval(() => tell(words()), lookEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** DuckDB forgets that it was interrupted when it begins what it was told to do before: it is told again. */
function interruptWith(connection: DuckDBConnection, signal: CancelSignal): () => void {
  let again: NodeJS.Timeout | undefined;
  const forget = signal.onAbort(() => {
    connection.interrupt();
    again = setInterval(() => connection.interrupt(), lookEveryMs);
  });
  return () => {
    forget();
    clearInterval(again);
  };
}

function watchProgress(connection: DuckDBConnection, tell: Progress): () => void {
  const timer = setInterval(() => {
    // Below 0 while DuckDB does not know.
    const { percentage } = connection.progress;
    if (percentage >= 0) tell({ done: Math.min(1, percentage / 100), total: 1, unit: "share" });
  }, lookEveryMs);
  return () => clearInterval(timer);
}
