// Which incidents are on in this process. Code asks `isOn("pool-exhaustion")` at the line that goes wrong then; the answer
// also notes when that line first and last ran, and where it is: that is the incident's ground truth (docs/ledger.md).
// The supervisor turns incidents on and off by message; a service that was started alone reads LEDGER_INCIDENTS.
import { fileURLToPath } from "node:url";
import { clockNs } from "../oracle.mjs";

/** @type {Map<string, { hits: number, first?: bigint, last?: bigint, place?: object }>} */
const on = new Map(
  (process.env.LEDGER_INCIDENTS ?? "").split(",").flatMap((name) => (name ? [[name, { hits: 0 }]] : [])),
);

export function isOn(name) {
  const incident = on.get(name);
  if (incident === undefined) return false;
  incident.last = clockNs();
  incident.hits++;
  if (incident.hits === 1) {
    incident.first = incident.last;
    incident.place = placeOf(new Error().stack);
    tell({ kind: "incident-began", name, at: String(incident.first), ...incident.place });
  }
  return true;
}

function turn(name, isWanted) {
  if (isWanted) return void on.set(name, { hits: 0 });
  const { hits = 0, last = clockNs() } = on.get(name) ?? {};
  on.delete(name);
  tell({ kind: "incident-ended", name, hits, at: String(last) });
}

/** The line that asked: the third of the stack. */
function placeOf(stack) {
  const [, functionName, file, line] = /^.*\n.*\n\s+at (?:async )?(?:(.*?) \()?(.*?):(\d+):\d+\)?/.exec(stack) ?? [];
  return { function: functionName, file: file?.startsWith("file:") ? fileURLToPath(file) : file, line: Number(line) };
}

function tell(message) {
  if (process.connected) process.send(message, () => {});
}

process.on("message", (/** @type {any} */ message) => {
  if (message?.kind === "turn-incident") turn(message.name, message.isOn);
});
