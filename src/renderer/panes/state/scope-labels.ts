// What the choices of a scope read as. The closed list shows one of them alone, without the process it stands under in
// the open one.
import { pidText } from "../../../shared/protocol/process-families.js";
import type { ScopeSummary } from "../../../shared/protocol/recording-summary.js";
import type { NamedProcess } from "../../state/process-text.js";

/** One label per scope: its name, and with it the process where another process has a scope of that name. */
export function scopeLabels(scopes: readonly ScopeSummary[], processes: readonly NamedProcess[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { scope } of scopes) counts.set(scope, (counts.get(scope) ?? 0) + 1);
  return scopes.map(({ scope, process }) =>
    counts.get(scope) === 1 ? scope : `${scope}, ${ownerText(processes, process)}`,
  );
}

/** Names in which a text occurs, without regard to case. */
export function matchingScopes(scopes: readonly ScopeSummary[], text: string): readonly string[] {
  const wanted = text.toLowerCase();
  return scopes.map(({ scope }) => scope).filter((scope) => scope.toLowerCase().includes(wanted));
}

/** The pid first: it tells apart, and the list may be too narrow for all of it. */
function ownerText(processes: readonly NamedProcess[], id: number): string {
  const found = processes.find(({ process }) => process === id);
  return found === undefined ? `process ${id}` : `${pidText(found)} of ${found.serviceName}`;
}
