// Draws the bars of one view on a canvas: fills, veil over the future, then labels above the veil so that text
// keeps its contrast. No allocation per bar; colours are resolved once per theme by the caller.
import { spanLabel } from "../../state/span-label.js";
import { type BarColumns, type BarPlace, type PlacedSpans, type PlotView, errorStatus } from "./bars.js";
import { drawCalls } from "./draw-calls.js";
import { drawPath } from "./draw-path.js";
import { barHeightPx, type LaneBlock } from "./lane-layout.js";
import { matchStates } from "./span-matches.js";
import { clipLabel, type MeasureText } from "./span-text.js";

export interface LaneColours {
  readonly text: string;
  readonly textQuiet: string;
  readonly textFaint: string;
  readonly line: string;
  readonly grid: string;
  readonly call: string;
  readonly future: string;
  readonly accent: string;
  readonly critical: string;
  readonly criticalText: string;
  readonly criticalTint: string;
  readonly density: string;
  /** Bars whose colour says nothing. */
  readonly plainFill: string;
  readonly font: string;
  /** By category 1-8 at index category - 1. */
  readonly marks: readonly string[];
  readonly fills: readonly string[];
}

export interface LaneScene {
  readonly placed: PlacedSpans;
  readonly bars: BarColumns;
  readonly view: PlotView;
  readonly blocks: readonly LaneBlock[];
  readonly widthPx: number;
  readonly heightPx: number;
  readonly scrollTopPx: number;
  readonly ticksPx: readonly number[];
  readonly playheadPx: number;
  /** Category of a row, from 1 on; 0: none. */
  readonly categoryOf: (row: number) => number;
  /** By row, what `matchesOf` says; undefined when nothing is looked for. */
  readonly matches: Uint8Array | undefined;
  readonly selected: BarPlace | undefined;
  readonly selectedTraceId: string | undefined;
  readonly hoveredBar: number | undefined;
  /** What the selected span's request waited for; undefined: not here. */
  readonly path: readonly (BarPlace | undefined)[];
}

const labelInsetPx = 6;
/** Below this a label tells nothing (VISUAL: labels under 34 px are the first to go). */
const narrowestLabelPx = 34;
const iconPx = 12;

export function drawLanes(
  context: CanvasRenderingContext2D,
  scene: LaneScene,
  colours: LaneColours,
  hatch: CanvasPattern | null,
  measure: MeasureText,
): void {
  const { bars, widthPx, heightPx, scrollTopPx } = scene;
  context.clearRect(0, 0, widthPx, heightPx);
  drawGrid(context, scene, colours);
  context.save();
  context.translate(0, -scrollTopPx);
  drawCalls(context, scene.placed, bars, scene.view, colours.call);
  for (let bar = 0; bar < bars.count; bar++) if (isVisible(scene, bar)) drawBar(context, scene, bar, colours, hatch);
  context.restore();
  if (scene.playheadPx < widthPx) {
    const left = Math.max(scene.playheadPx, 0);
    context.fillStyle = colours.future;
    context.fillRect(left, 0, widthPx - left, heightPx);
  }
  context.save();
  context.translate(0, -scrollTopPx);
  context.font = colours.font;
  context.textBaseline = "middle";
  for (let bar = 0; bar < bars.count; bar++)
    if (isVisible(scene, bar)) drawLabel(context, scene, bar, colours, measure);
  drawPath(context, scene.path, widthPx, colours.accent);
  drawOutlines(context, scene, colours);
  context.restore();
}

function isVisible({ bars, scrollTopPx, heightPx }: LaneScene, bar: number): boolean {
  const top = bars.topsPx[bar] ?? 0;
  return top + barHeightPx > scrollTopPx && top < scrollTopPx + heightPx;
}

function drawGrid(context: CanvasRenderingContext2D, scene: LaneScene, colours: LaneColours): void {
  context.fillStyle = colours.grid;
  for (const x of scene.ticksPx) context.fillRect(Math.round(x), 0, 1, scene.heightPx);
  context.fillStyle = colours.line;
  for (const block of scene.blocks) {
    context.fillRect(0, block.topPx + block.heightPx - 1 - scene.scrollTopPx, scene.widthPx, 1);
  }
}

/** Spans of other traces than the selected one, or without what is looked for, step back: half-strength fill, quieter text. */
function isAside(scene: LaneScene, span: number): boolean {
  if (scene.matches !== undefined) return scene.matches[span] === matchStates.no;
  return scene.selectedTraceId !== undefined && scene.placed.spans.traceIds[span] !== scene.selectedTraceId;
}

function drawBar(
  context: CanvasRenderingContext2D,
  scene: LaneScene,
  bar: number,
  colours: LaneColours,
  hatch: CanvasPattern | null,
): void {
  const { bars, placed } = scene;
  const span = bars.spans[bar] ?? 0;
  const left = Math.max(bars.startsPx[bar] ?? 0, -4);
  const right = Math.min(bars.endsPx[bar] ?? 0, scene.widthPx + 4);
  const top = bars.topsPx[bar] ?? 0;
  const width = Math.max(right - left, 2);
  const given = scene.categoryOf(span) - 1;
  const category = given % colours.marks.length;
  const failed = bars.failed[bar] === 1;
  context.globalAlpha = isAside(scene, span) ? 0.48 : 1;
  if (width <= 4) {
    context.fillStyle = failed ? colours.critical : (colours.marks[category] ?? colours.density);
    context.fillRect(left, top, width, barHeightPx);
  } else {
    context.fillStyle = failed ? colours.criticalTint : (colours.fills[category] ?? colours.plainFill);
    context.fillRect(left, top, width, barHeightPx);
    if (failed && hatch !== null) {
      context.fillStyle = hatch;
      context.fillRect(left, top, width, barHeightPx);
    }
    context.fillStyle = failed ? colours.critical : (colours.marks[category] ?? colours.density);
    drawEdge(context, left, top, given >= colours.marks.length);
    if (failed) strokeBar(context, left, top, width, colours.critical, 1);
    if (Number.isNaN(placed.spans.endNs[span] ?? 0)) drawOpenEnd(context, right, top, colours);
  }
  context.globalAlpha = 1;
}

/** The left edge; dashed where the colour is another category's, too. */
function drawEdge(context: CanvasRenderingContext2D, left: number, top: number, isAgain: boolean): void {
  if (!isAgain) context.fillRect(left, top, 2, barHeightPx);
  else for (let y = top; y < top + barHeightPx; y += 4) context.fillRect(left, y, 2, 2);
}

/** An open span has no end yet: its right edge is dashed. */
function drawOpenEnd(context: CanvasRenderingContext2D, right: number, top: number, colours: LaneColours): void {
  context.fillStyle = colours.textFaint;
  for (let y = top + 1; y < top + barHeightPx; y += 5) context.fillRect(right - 1, y, 1, 3);
}

function drawLabel(
  context: CanvasRenderingContext2D,
  scene: LaneScene,
  bar: number,
  colours: LaneColours,
  measure: MeasureText,
): void {
  const { bars, placed } = scene;
  const left = Math.max(bars.startsPx[bar] ?? 0, 0);
  const right = Math.min(bars.endsPx[bar] ?? 0, scene.widthPx);
  if (right - left < narrowestLabelPx || bars.merged[bar] !== 1) return;
  const span = bars.spans[bar] ?? 0;
  const middle = (bars.topsPx[bar] ?? 0) + barHeightPx / 2 + 0.5;
  const isError = placed.spans.status[span] === errorStatus;
  let x = left + labelInsetPx;
  if (isError) {
    drawErrorIcon(context, x + iconPx / 2, middle - 0.5, colours.criticalText);
    x += iconPx + 4;
  }
  const isFuture = left > scene.playheadPx;
  context.fillStyle = isFuture || isAside(scene, span) ? colours.textQuiet : colours.text;
  const room = right - x - 4;
  if (room <= 8) return;
  const label = spanLabel(placed.spans.names[span] ?? "", placed.spans.attributes[span] ?? "");
  context.fillText(clipLabel(label, room, measure), x, middle);
}

function drawErrorIcon(context: CanvasRenderingContext2D, x: number, y: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.2;
  context.beginPath();
  context.arc(x, y, 5, 0, Math.PI * 2);
  context.moveTo(x - 1.8, y - 1.8);
  context.lineTo(x + 1.8, y + 1.8);
  context.moveTo(x + 1.8, y - 1.8);
  context.lineTo(x - 1.8, y + 1.8);
  context.stroke();
}

function drawOutlines(context: CanvasRenderingContext2D, scene: LaneScene, colours: LaneColours): void {
  const { bars, hoveredBar, selected, widthPx } = scene;
  const outline = (startPx: number, endPx: number, topPx: number, colour: string, lineWidth: number) => {
    if (endPx < 0 || startPx > widthPx) return;
    const left = Math.max(startPx, -4);
    strokeBar(context, left, topPx, Math.max(Math.min(endPx, widthPx + 4) - left, 4), colour, lineWidth);
  };
  if (hoveredBar !== undefined && hoveredBar < bars.count) {
    const top = bars.topsPx[hoveredBar] ?? 0;
    outline(bars.startsPx[hoveredBar] ?? 0, bars.endsPx[hoveredBar] ?? 0, top, colours.textFaint, 1);
  }
  if (selected !== undefined) outline(selected.startPx, selected.endPx, selected.topPx, colours.accent, 1.5);
}

function strokeBar(
  context: CanvasRenderingContext2D,
  left: number,
  top: number,
  width: number,
  colour: string,
  lineWidth: number,
): void {
  context.strokeStyle = colour;
  context.lineWidth = lineWidth;
  context.strokeRect(left + lineWidth / 2, top + lineWidth / 2, width - lineWidth, barHeightPx - lineWidth);
}

/** Diagonal stripes over failed spans: told apart without colour. */
export function makeHatch(context: CanvasRenderingContext2D, colour: string): CanvasPattern | null {
  const tile = context.canvas.ownerDocument.createElement("canvas");
  tile.width = 8;
  tile.height = 8;
  const brush = tile.getContext("2d");
  if (brush === null) return null;
  brush.strokeStyle = colour;
  brush.globalAlpha = 0.35;
  brush.lineWidth = 2.5;
  brush.beginPath();
  for (const offset of [-8, 0, 8]) {
    brush.moveTo(offset - 1, 9);
    brush.lineTo(offset + 9, -1);
  }
  brush.stroke();
  return context.createPattern(tile, "repeat");
}
