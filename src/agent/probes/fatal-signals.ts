// Whether a signal that a process sends ends the process itself.
import { constants } from "node:os";

/** Those whose default action ends a Node process, on any system that has them. Not SIGPIPE, which Node ignores. */
const fatal: readonly string[] = [
  "SIGHUP",
  "SIGINT",
  "SIGQUIT",
  "SIGILL",
  "SIGTRAP",
  "SIGABRT",
  "SIGBUS",
  "SIGFPE",
  "SIGKILL",
  "SIGUSR2",
  "SIGSEGV",
  "SIGALRM",
  "SIGTERM",
];

const nameOf = new Map(
  Object.entries(constants.signals)
    .filter(([name]) => fatal.includes(name))
    .map(([name, number]) => [number, name]),
);

/** `given`: process id and number of the signal. An id of 0 is the whole group, the process included. */
export function isFatalToItself([pid, signal]: readonly unknown[]): boolean {
  if ((pid !== process.pid && pid !== 0) || typeof signal !== "number") return false;
  const name = nameOf.get(signal);
  return name !== undefined && process.listenerCount(name) === 0;
}
