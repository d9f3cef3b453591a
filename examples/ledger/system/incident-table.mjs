// What can go wrong, where it is turned on, and where it shows. The code that goes wrong is in the services: search for the
// incident's name. docs/ledger.md has three lines on each.
/**
 * `turnedOnIn`: the processes that are told. `seenIn`, `statePath`: the service that suffers and the state it shows in, as
 * SCOPE.PATH. `by`: a message, or a restart with another release. `remedy`: what an operator does afterwards.
 * @type {Record<string, { turnedOnIn: string[], seenIn: string, statePath?: string, by?: "deploy", remedy?: "restart" }>}
 */
export const incidentTable = {
  "memory-leak": { turnedOnIn: ["payments"], seenIn: "payments", statePath: "payments.answers", remedy: "restart" },
  "listener-leak": {
    turnedOnIn: ["notifications"],
    seenIn: "notifications",
    statePath: "feeds.watching",
    remedy: "restart",
  },
  "promise-leak": {
    turnedOnIn: ["payments"],
    seenIn: "payments",
    statePath: "payments.provider.open",
    remedy: "restart",
  },
  "slow-dependency": { turnedOnIn: ["provider"], seenIn: "payments", statePath: "payments.provider.open" },
  "pool-exhaustion": { turnedOnIn: ["accounts"], seenIn: "accounts", statePath: "pool.waiting", remedy: "restart" },
  "event-loop-block": { turnedOnIn: ["gateway"], seenIn: "gateway", statePath: "gateway.inFlight" },
  "error-storm": { turnedOnIn: ["gateway"], seenIn: "gateway", statePath: "gateway.cache", remedy: "restart" },
  "crash-loop": { turnedOnIn: ["notifications"], seenIn: "notifications", statePath: "payments.outbox" },
  "bad-deploy": { turnedOnIn: ["payments"], seenIn: "payments", statePath: "payments.release", by: "deploy" },
  "traffic-spike": { turnedOnIn: ["load"], seenIn: "gateway", statePath: "gateway.inFlight" },
  "lock-contention": { turnedOnIn: ["accounts"], seenIn: "accounts", statePath: "gateway.inFlight" },
  overdraft: { turnedOnIn: ["accounts"], seenIn: "accounts", statePath: "ledger.accounts" },
  "clock-step": { turnedOnIn: ["gateway", "payments"], seenIn: "gateway", statePath: "gateway.cache" },
};
