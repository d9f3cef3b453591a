// How the package's own entry (`import "hindcast"`) finds the agent preloaded into the same program: a global under
// a registered symbol, looked up at each call. No agent there means that nothing records this program.

export const agentHandleKey = Symbol.for("hindcast.agent");

/** The agent's side of the public API: the same calls, after the entry has sorted out optional arguments. */
export interface AgentHandle {
  track(name: string, value: unknown): void;
  event(name: string, attributes: unknown): void;
  metric(name: string, value: number, unit: string, attributes: unknown): void;
  span<Result>(name: string, attributes: unknown, work: () => Result): Result;
  context(): string | undefined;
  spanFrom<Result>(context: unknown, name: string, attributes: unknown, work: () => Result): Result;
}

/** Under this symbol the agent's worker finds what it tells the program's thread while that one stands, by the inspector. */
export const blockedKey = "hindcast.agent.blocked";
