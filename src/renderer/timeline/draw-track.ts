// Draws the ruler's track: ticks, density, lifetimes of the processes, lines of the marks. The playhead, the selection,
// the marks' icons and the ticks' labels are elements above it, so that moving them draws nothing here.
import type { ColorToken } from "../state/theme.svelte.js";
import { type NsRange, pxFromNs, type Ticks } from "../state/time-scale.js";
import {
  densityBars,
  densityBottomPx,
  type DensityColumns,
  densityTopPx,
  insetPx,
  labelsTopPx,
  lifetimesBottomPx,
  lifetimesTopPx,
  minorTicksOf,
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
  readonly ticks: Ticks;
  readonly density: DensityColumns | undefined;
  readonly lifetimes: readonly Lifetime[];
  readonly marks: readonly { readonly offsetNs: number; readonly kind: string }[];
  readonly gaps: readonly { readonly fromPx: number; readonly toPx: number }[];
  /** Of the rules that are being written, in the order of time. */
  readonly firings: readonly (NsRange & { readonly change: "same" | "gained" | "lost" })[];
  readonly color: (token: ColorToken) => string;
  readonly category: (category: number) => string;
  /** Where a live recording is; undefined of one that is saved. */
  readonly liveNs: number | undefined;
}

/** What of a canvas is drawn with. */
export type TrackContext = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "clearRect"
  | "clip"
  | "fill"
  | "fillRect"
  | "fillStyle"
  | "globalAlpha"
  | "lineTo"
  | "moveTo"
  | "rect"
  | "restore"
  | "save"
  | "setLineDash"
  | "stroke"
  | "strokeStyle"
>;

/** Of one pixel each; up to half as many have two. */
const lifetimeRows = lifetimesBottomPx - lifetimesTopPx;
const hatchPx = 6;
const leastFiringPx = 2;
/** The lines of marks lie over bars: they must not look like some. */
const markLineStrength = 0.35;

export function drawTrack(context: TrackContext, picture: TrackPicture): void {
  const { widthPx, color } = picture;
  const plotPx = widthPx - 2 * insetPx;
  context.clearRect(0, 0, widthPx, trackHeightPx);
  if (plotPx <= 0) return;
  const x = (ns: number) => insetPx + pxFromNs(picture.range, plotPx, ns);

  drawTicks(context, picture, x);
  drawDensity(context, picture, plotPx);
  drawGaps(context, picture);
  drawLifetimes(context, picture, x);
  drawFirings(context, picture, x);

  context.strokeStyle = color("line-3");
  context.globalAlpha = markLineStrength;
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
  context.globalAlpha = 1;
  drawLiveEdge(context, picture, x);
}

/** How far a live recording has come: a line with a cap that points down. */
function drawLiveEdge(context: TrackContext, { liveNs, color }: TrackPicture, x: (ns: number) => number): void {
  if (liveNs === undefined) return;
  const at = Math.round(x(liveNs));
  context.fillStyle = color("critical");
  context.fillRect(at, densityTopPx, 1, lifetimesBottomPx - densityTopPx);
  context.beginPath();
  context.moveTo(at - 3, densityTopPx);
  context.lineTo(at + 4, densityTopPx);
  context.lineTo(at + 0.5, densityTopPx + 4);
  context.fill();
}

function drawTicks(context: TrackContext, { ticks, range, color }: TrackPicture, x: (ns: number) => number): void {
  context.fillStyle = color("line-3");
  for (const ns of ticks.offsetsNs) context.fillRect(Math.round(x(ns)), labelsTopPx, 1, 5);
  context.globalAlpha = 0.5;
  for (const ns of minorTicksOf(ticks, range)) context.fillRect(Math.round(x(ns)), labelsTopPx, 1, 3);
  context.globalAlpha = 1;
}

function drawDensity(context: TrackContext, { density, range, color }: TrackPicture, plotPx: number): void {
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
function drawGaps(context: TrackContext, { gaps, widthPx, color }: TrackPicture): void {
  const bottomPx = lifetimesBottomPx;
  const heightPx = bottomPx - densityTopPx;
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
      context.moveTo(x, bottomPx);
      context.lineTo(x + heightPx, densityTopPx);
    }
    for (const end of [from + 0.5, to - 0.5]) {
      context.moveTo(end, densityTopPx);
      context.lineTo(end, bottomPx);
    }
    context.stroke();
    context.restore();
  }
}

/** Between the bars and the lifetimes. What would cover what was drawn before it is not drawn: there may be tens of thousands. */
function drawFirings(
  context: TrackContext,
  { firings, widthPx, color }: TrackPicture,
  x: (ns: number) => number,
): void {
  const heightPx = lifetimesTopPx - densityBottomPx;
  for (const wanted of ["same", "gained", "lost"] as const) {
    context.fillStyle = color(wanted === "same" ? "degraded" : wanted === "gained" ? "accent" : "text-3");
    let drawnPx = -Infinity;
    for (const { fromNs, toNs, change } of firings) {
      if (change !== wanted) continue;
      const from = Math.max(0, Math.round(x(fromNs)));
      const to = Math.min(widthPx, Math.max(Math.round(x(toNs)), from + leastFiringPx));
      const first = Math.max(from, drawnPx);
      if (to <= first) continue;
      // What is lost is an outline: two lines with nothing between.
      if (wanted === "lost") {
        context.fillRect(first, densityBottomPx, to - first, 1);
        context.fillRect(first, lifetimesTopPx - 1, to - first, 1);
      } else context.fillRect(first, densityBottomPx, to - first, heightPx - 1);
      drawnPx = to;
    }
  }
}

/** One line per process while it ran; beyond eight they share rows. */
function drawLifetimes(context: TrackContext, { lifetimes, category }: TrackPicture, x: (ns: number) => number): void {
  const thickPx = 2 * lifetimes.length > lifetimeRows ? 1 : 2;
  const rows = Math.min(lifetimes.length, lifetimeRows);
  const first = lifetimesBottomPx - thickPx * rows;
  lifetimes.forEach((life, index) => {
    const from = x(life.fromNs);
    context.fillStyle = category(life.category);
    context.fillRect(from, first + (index % rows) * thickPx, Math.max(1, x(life.toNs) - from), thickPx);
  });
}
