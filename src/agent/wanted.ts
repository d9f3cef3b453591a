// Whether there is anything to do in this thread, decided before any of the agent is loaded.

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether somebody waits for what this program does; `HINDCAST=off` says no to all of it. */
export function isRecorded(environment: Environment): boolean {
  const socketPath = environment["HINDCAST_SOCKET"];
  return socketPath !== undefined && socketPath !== "" && environment["HINDCAST"] !== "off";
}

/** A thread costs the agent some hundred milliseconds of a processor: a program of many short ones may do without. */
export const areThreadsRecorded = (environment: Environment): boolean => environment["HINDCAST_THREADS"] !== "off";

/** How the agent's own worker thread is told from the program's. */
export const ownWorkerKind = "hindcast-agent-worker";

export const isOwnWorker = (data: unknown): boolean =>
  typeof data === "object" && data !== null && "kind" in data && data.kind === ownWorkerKind;
