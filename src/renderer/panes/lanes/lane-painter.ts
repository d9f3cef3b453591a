// The canvas the lanes are painted on: its size in device pixels, the hatch and the widths of labels are kept
// between frames and made anew only when the theme or the screen's scale changes.
import { drawLanes, type LaneColours, type LaneScene, makeHatch } from "./draw-lanes.js";
import { type MeasureText, rememberWidths } from "./span-text.js";

export type { LaneScene } from "./draw-lanes.js";

interface Brushes {
  readonly critical: string;
  readonly font: string;
  readonly hatch: CanvasPattern | null;
  readonly measure: MeasureText;
}

export class LanePainter {
  #brushes: Brushes | undefined;

  paint(canvas: HTMLCanvasElement, scene: LaneScene, colours: LaneColours, pixelRatio: number): void {
    const context = canvas.getContext("2d");
    if (context === null) return;
    fit(canvas, scene.widthPx, scene.heightPx, pixelRatio);
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    const brushes = this.#brushesFor(context, colours);
    drawLanes(context, scene, colours, brushes.hatch, brushes.measure);
  }

  #brushesFor(context: CanvasRenderingContext2D, colours: LaneColours): Brushes {
    const known = this.#brushes;
    if (known !== undefined && known.critical === colours.critical && known.font === colours.font) return known;
    const measure = rememberWidths((text) => {
      context.font = colours.font;
      return context.measureText(text).width;
    });
    this.#brushes = {
      critical: colours.critical,
      font: colours.font,
      hatch: makeHatch(context, colours.critical),
      measure,
    };
    return this.#brushes;
  }
}

function fit(canvas: HTMLCanvasElement, widthPx: number, heightPx: number, pixelRatio: number): void {
  const width = Math.round(widthPx * pixelRatio);
  const height = Math.round(heightPx * pixelRatio);
  if (canvas.width === width && canvas.height === height) return;
  canvas.width = width;
  canvas.height = height;
  canvas.style.width = `${widthPx}px`;
  canvas.style.height = `${heightPx}px`;
}
