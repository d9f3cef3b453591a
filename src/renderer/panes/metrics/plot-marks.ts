// The marks of the recording as thin lines over the plots: one a pixel, those that somebody wrote before those recorded.
import type { Mark } from "../../state/marks.svelte.js";
import { type NsRange, pxFromNs } from "../../state/time-scale.js";

export interface PlotMark {
  readonly xPx: number;
  readonly kind: Mark["kind"];
  /** Of a gap: how far it reaches from there; else 0. */
  readonly widthPx: number;
}

type Placed = Pick<Mark, "kind" | "offsetNs" | "sinceNs" | "reason">;

export function plotMarks(marks: readonly Placed[], shown: NsRange, widthPx: number): readonly PlotMark[] {
  const byPlace = new Map<string, PlotMark>();
  for (const { kind, offsetNs, sinceNs, reason } of marks) {
    // What a filter left out is not missing.
    if (reason === "filtered") continue;
    const beginsNs = kind === "gap" ? Math.min(sinceNs, offsetNs) : offsetNs;
    if (offsetNs < shown.fromNs || beginsNs > shown.toNs) continue;
    const fromPx = Math.round(Math.max(0, pxFromNs(shown, widthPx, beginsNs)));
    const toPx = Math.round(Math.min(widthPx, pxFromNs(shown, widthPx, offsetNs)));
    const place = `${fromPx} ${toPx}`;
    if (!byPlace.has(place) || kind === "note") byPlace.set(place, { xPx: fromPx, kind, widthPx: toPx - fromPx });
  }
  return [...byPlace.values()];
}
