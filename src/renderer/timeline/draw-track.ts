// Draws the ruler's track: ticks, density, lifetimes of the processes, lines of the marks. The playhead, the selection,
// the marks' icons and the ticks' labels are elements above it, so that moving them draws nothing here.
import type { ColorToken } from "../state/theme.svelte.js";
import { type NsRange, pxFromNs } from "../state/time-scale.js";
import {
  densityBars,
  densityBottomPx,
  type DensityColumns,
  densityTopPx,
  insetPx,
  lifetimesBottomPx,
  lifetimesTopPx,
  trackHeightPx,
} from "./ruler-geometry.js";

export interface Lifetime {
  readonly fromNs: number;
  readonly toNs: number;
  readonly category: number;
}

export interface TrackPicture {
  readonly widthPx: number;
  readonly range: NsRange;
  readonly ticksNs: readonly number[];
  readonly density: DensityColumns | undefined;
  readonly lifetimes: readonly Lifetime[];
  readonly marks: readonly { readonly offsetNs: number; readonly kind: string }[];
  readonly gaps: readonly { readonly fromPx: number; readonly toPx: number }[];
  readonly color: (token: ColorToken) => string;
  readonly category: (category: number) => string;
}

const lifetimeRows = 4;
const hatchPx = 6;

export function drawTrack(context: CanvasRenderingContext2D, picture: TrackPicture): void {
  const { widthPx, color } = picture;
  const plotPx = widthPx - 2 * insetPx;
  context.clearRect(0, 0, widthPx, trackHeightPx);
  if (plotPx <= 0) return;
  const x = (ns: number) => insetPx + pxFromNs(picture.range, plotPx, ns);

  drawTicks(context, picture, x);
  drawDensity(context, picture, plotPx);
  drawGaps(context, picture);
  drawLifetimes(context, picture, x);

  context.strokeStyle = color("line-3");
  context.setLineDash([1, 2]);
  context.beginPath();
  for (const mark of picture.marks) {
    if (mark.kind === "gap") continue;
    const at = Math.round(x(mark.offsetNs)) + 0.5;
    context.moveTo(at, densityTopPx);
    context.lineTo(at, densityBottomPx);
  }
  context.stroke();
  context.setLineDash([]);
}

function drawTicks(
  context: CanvasRenderingContext2D,
  { ticksNs, color }: TrackPicture,
  x: (ns: number) => number,
): void {
  context.fillStyle = color("line-2");
  for (const ns of ticksNs) context.fillRect(Math.round(x(ns)), lifetimesBottomPx, 1, 4);
}

function drawDensity(context: CanvasRenderingContext2D, { density, range, color }: TrackPicture, plotPx: number): void {
  if (density === undefined) return;
  const bars = densityBars(density, range, plotPx);
  context.fillStyle = color("density");
  for (const bar of bars) {
    context.fillRect(insetPx + bar.xPx, densityBottomPx - bar.heightPx, bar.widthPx, bar.heightPx - bar.errorPx);
  }
  context.fillStyle = color("critical");
  for (const bar of bars) {
    if (bar.errorPx > 0) context.fillRect(insetPx + bar.xPx, densityBottomPx - bar.errorPx, bar.widthPx, bar.errorPx);
  }
}

/** Hatched, with a line at each end: what was recorded around it is seen through. */
function drawGaps(context: CanvasRenderingContext2D, { gaps, widthPx, color }: TrackPicture): void {
  const heightPx = densityBottomPx - densityTopPx;
  context.strokeStyle = color("line-3");
  for (const gap of gaps) {
    const from = Math.round(Math.max(0, insetPx + gap.fromPx));
    const to = Math.round(Math.min(widthPx, insetPx + gap.toPx));
    context.save();
    context.beginPath();
    context.rect(from, densityTopPx, to - from, heightPx);
    context.clip();
    context.fillStyle = color("surface-sunken");
    context.fillRect(from, densityTopPx, to - from, heightPx);
    context.beginPath();
    for (let x = from - heightPx - (from % hatchPx); x < to; x += hatchPx) {
      context.moveTo(x, densityBottomPx);
      context.lineTo(x + heightPx, densityTopPx);
    }
    for (const end of [from + 0.5, to - 0.5]) {
      context.moveTo(end, densityTopPx);
      context.lineTo(end, densityBottomPx);
    }
    context.stroke();
    context.restore();
  }
}

/** One 2 px line per process while it ran; beyond four they share rows. */
function drawLifetimes(
  context: CanvasRenderingContext2D,
  { lifetimes, category }: TrackPicture,
  x: (ns: number) => number,
): void {
  const rows = Math.min(lifetimes.length, lifetimeRows);
  const first = (lifetimesTopPx + lifetimesBottomPx) / 2 - rows;
  lifetimes.forEach((life, index) => {
    const from = x(life.fromNs);
    context.fillStyle = category(life.category);
    context.fillRect(from, first + (index % lifetimeRows) * 2, Math.max(1, x(life.toNs) - from), 2);
  });
}
