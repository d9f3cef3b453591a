// What an export's report says of secrets, in words: the same on the command line and in the window.
import type { ExportReport } from "./export-calls.js";

type Found = ExportReport["found"];

export const totalOf = (found: Found): number => found.reduce((sum, { count }) => sum + count, 0);

/** A line for each kind: `password: 3 in logs, 1 in state`. */
export function countedPlaces(found: Found): readonly string[] {
  const byKind = new Map<string, string[]>();
  for (const { kind, place, count } of found)
    byKind.set(kind, [...(byKind.get(kind) ?? []), `${count.toLocaleString("en-US")} in ${place}`]);
  return [...byKind].map(([kind, places]) => `${kind}: ${places.join(", ")}`);
}
