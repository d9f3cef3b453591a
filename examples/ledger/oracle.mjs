// The program's own account of itself: after every change, the whole state as one JSON line (see README.md).
import { appendFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { taggedJson } from "./tagged-json.mjs";

export const clockNs = () =>
  BigInt(Math.round(performance.timeOrigin * 1e6)) + BigInt(Math.round(performance.now() * 1e6));

/** Runs each change; with a file, writes what the ledger is afterwards. */
export function changeObserver(file) {
  if (file === undefined || file === "") return (_ledger, change) => change();
  return (ledger, change) => {
    const begun = clockNs();
    const result = change();
    const clock = clockNs();
    const line = { changes: ledger.changes, begun: String(begun), clock: String(clock), state: taggedJson(ledger) };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
    return result;
  };
}
