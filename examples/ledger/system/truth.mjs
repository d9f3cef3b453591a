// What really went wrong, put together from what the services tell: one JSON line an incident and service, once it is over.
import { appendFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { clockNs } from "../oracle.mjs";
import { incidentTable } from "./incident-table.mjs";

const folder = fileURLToPath(new URL("..", import.meta.url));

export class Truth {
  #file;
  #open = new Map();

  constructor(file) {
    this.#file = file;
    if (file !== undefined) writeFileSync(file, "");
  }

  turnedOn(kind) {
    for (const service of incidentTable[kind].turnedOnIn)
      this.#open.set(`${kind} ${service}`, {
        kind,
        service,
        on: clockNs(),
        hits: 0,
        first: undefined,
        last: undefined,
        place: {},
      });
  }

  /** A message of `service` about an incident. */
  tells({ kind, name, at, hits, ...place }, service) {
    const incident = this.#open.get(`${name} ${service}`);
    if (incident === undefined) return;
    const instant = BigInt(at);
    if (kind === "incident-began") {
      incident.first ??= instant;
      incident.last = instant;
      incident.place = place;
      incident.hits++;
    } else if (hits > 0) {
      incident.last = instant;
      // The first was counted when it was told.
      incident.hits += hits - 1;
    }
  }

  /** What lasts until somebody restarts the service is over now, the rest when its line of code last ran. */
  isOver(kind) {
    const { seenIn, statePath, remedy } = incidentTable[kind];
    const now = clockNs();
    for (const [key, { service, on, hits, first, last, place }] of this.#open) {
      if (!key.startsWith(`${kind} `)) continue;
      this.#open.delete(key);
      if (this.#file === undefined) continue;
      const line = {
        kind,
        service,
        seenIn,
        file: place.file === undefined ? undefined : relative(folder, place.file),
        line: place.line,
        function: place.function,
        statePath,
        from: first === undefined ? undefined : String(first),
        to: last === undefined ? undefined : String(remedy === "restart" ? now : last),
        hits,
        on: String(on),
        off: String(now),
      };
      appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
    }
  }
}
