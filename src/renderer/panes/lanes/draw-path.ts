// The critical path over the bars: a line along the foot of each bar while the request waited for it, and thin ones from one to the next.
import type { BarPlace } from "./bars.js";
import { barHeightPx } from "./lane-layout.js";

const thickPx = 3;

export function drawPath(
  context: CanvasRenderingContext2D,
  path: readonly (BarPlace | undefined)[],
  widthPx: number,
  colour: string,
): void {
  context.fillStyle = colour;
  for (const [at, place] of path.entries()) {
    if (place === undefined) continue;
    const [left, right] = [Math.max(place.startPx, -4), Math.min(place.endPx, widthPx + 4)];
    const foot = place.topPx + barHeightPx - thickPx;
    if (right >= 0 && left <= widthPx) context.fillRect(left, foot, Math.max(right - left, 1), thickPx);
    const next = path[at + 1];
    if (next === undefined || place.endPx < 0 || place.endPx > widthPx) continue;
    const nextFoot = next.topPx + barHeightPx - thickPx;
    context.fillRect(Math.round(place.endPx), Math.min(foot, nextFoot), 1, Math.abs(nextFoot - foot) + thickPx);
  }
}
