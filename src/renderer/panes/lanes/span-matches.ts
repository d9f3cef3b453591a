// Which spans have a text that somebody looks for, in their name or attributes. A row that stands for several spans has
// neither: of it nothing is known.
import type { SpanColumns } from "../../../shared/protocol/engine-rows.js";
import { countOf } from "./span-order.js";

export const matchStates = { no: 0, yes: 1, unknown: 2 } as const;

/** By row of the columns; undefined when nothing is looked for. */
export function matchesOf(spans: SpanColumns, text: string): Uint8Array | undefined {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return undefined;
  // The same few names stand in thousands of rows.
  const byName = new Map<string, boolean>();
  const isInName = (name: string): boolean => {
    const known = byName.get(name) ?? name.toLowerCase().includes(wanted);
    byName.set(name, known);
    return known;
  };
  return Uint8Array.from(spans.names, (name, row) => {
    if (countOf(spans, row) > 1) return matchStates.unknown;
    const isIn = isInName(name) || (spans.attributes[row] ?? "").toLowerCase().includes(wanted);
    return isIn ? matchStates.yes : matchStates.no;
  });
}

/** The row of the next match that begins after an instant, or the one before it; undefined when there is none here. */
export function matchBeside(
  { startNs }: Pick<SpanColumns, "startNs">,
  matches: Uint8Array,
  fromNs: number,
  direction: "next" | "previous",
): number | undefined {
  let best: number | undefined;
  for (const [row, state] of matches.entries()) {
    if (state !== matchStates.yes) continue;
    const distanceNs = ((startNs[row] ?? 0) - fromNs) * (direction === "next" ? 1 : -1);
    const bestNs = best === undefined ? Infinity : Math.abs((startNs[best] ?? 0) - fromNs);
    if (distanceNs > 0 && distanceNs < bestNs) best = row;
  }
  return best;
}
