// What each recording that comes with Hindcast shows, in a line; those of docs/stories.md first. Of one that is not here its services are
// told.
export const sampleWords: ReadonlyMap<string, string> = new Map([
  ["ledger-overdraft", "An entry is made although the account has not got so much: a balance falls below zero"],
  ["ledger-slow-dependency", "The bank network gets slower the longer its queue is"],
  ["ledger-memory-leak", "Answers that are never forgotten, in payments"],
  ["ledger-error-storm", "The gateway remembers that an account is not there, which was opened a moment later"],
  ["ledger-event-loop-block", "A pattern keeps the gateway's thread busy for as long as a long name does not match"],
  ["ledger-lock-contention", "One lock for the whole bank, held until the disk has what was written under it"],
  ["ledger-pool-exhaustion", "Operations that are refused keep their connection, until none is left"],
  ["ledger-promise-leak", "Captures that are given up keep their promise, socket and place"],
  ["ledger-listener-leak", "Who waited in vain for a notification goes on listening"],
  ["ledger-crash-loop", "Notifications dies of a message, is started again, and dies of the next"],
  ["ledger-bad-deploy", "Payments is restarted with a release that cannot price large amounts, and back"],
  ["ledger-traffic-spike", "Eight times as many requests as before"],
  ["ledger-clock-step", "The clocks of two services go back by 90 seconds, and forwards again"],
  ["ledger-first", "One service under load, in which nothing goes wrong yet"],
]);

/** `ledger-slow-dependency` is one of the demo: "Slow dependency". */
export function sampleTitle(name: string): string {
  const words = name.replace(/^ledger-/, "").replaceAll("-", " ");
  return words === "first" ? "The ledger alone" : words.charAt(0).toUpperCase() + words.slice(1);
}

const order = [...sampleWords.keys()];

/** Those that have no words here last. */
export const bySampleOrder = (one: { readonly name: string }, other: { readonly name: string }): number =>
  placeOf(one.name) - placeOf(other.name) || one.name.localeCompare(other.name);

const placeOf = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length);
