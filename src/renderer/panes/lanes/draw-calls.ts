// Thin elbows from a span down (or up) to the span it called in another process.
import { type BarColumns, type PlacedSpans, type PlotView, placeOfSpan } from "./bars.js";
import { barHeightPx } from "./lane-layout.js";

/** How far left of the called bar the elbow goes down. */
const elbowPx = 5;
/** Bars thinner than this are a texture; elbows to them would hide it. */
const narrowestPx = 8;

export function drawCalls(
  context: CanvasRenderingContext2D,
  placed: PlacedSpans,
  bars: BarColumns,
  view: PlotView,
  colour: string,
): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let bar = 0; bar < bars.count; bar++) {
    const span = bars.spans[bar] ?? 0;
    const caller = placed.callers[span] ?? -1;
    const startPx = bars.startsPx[bar] ?? 0;
    if (caller < 0 || bars.merged[bar] !== 1 || (bars.endsPx[bar] ?? 0) - startPx < narrowestPx) continue;
    const from = placeOfSpan(placed, view, caller);
    if (from.topPx < 0 || from.endPx - from.startPx < narrowestPx) continue;
    const top = bars.topsPx[bar] ?? 0;
    const isBelow = top > from.topPx;
    const x = Math.round(Math.max(startPx - elbowPx, from.startPx)) + 0.5;
    const y = Math.round(top + barHeightPx / 2) + 0.5;
    context.moveTo(x, isBelow ? from.topPx + barHeightPx : from.topPx);
    context.lineTo(x, y);
    context.lineTo(startPx, y);
  }
  context.stroke();
}
