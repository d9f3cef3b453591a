// What the choices of a scope read as. The closed list shows one of them alone, without the process it stands under in
// the open one.
import type { ScopeSummary } from "../../../shared/protocol/engine-calls.js";
import type { NamedProcess } from "../../state/process-text.js";

/** One label per scope: its name, and with it the process where another process has a scope of that name. */
export function scopeLabels(scopes: readonly ScopeSummary[], processes: readonly NamedProcess[]): readonly string[] {
  return scopes.map(({ scope, process }) => {
    const isAlone = scopes.every((other) => other.scope !== scope || other.process === process);
    return isAlone ? scope : `${scope}, ${ownerText(processes, process)}`;
  });
}

/** The pid first: it tells apart, and the list may be too narrow for all of it. */
function ownerText(processes: readonly NamedProcess[], id: number): string {
  const found = processes.find(({ process }) => process === id);
  return found === undefined ? `process ${id}` : `pid ${found.pid} of ${found.serviceName}`;
}
