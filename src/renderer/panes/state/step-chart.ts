// A number's history as a step line: it keeps its value until the next write. Pure geometry in pixels.

export interface Step {
  readonly atNs: number;
  readonly value: number;
}

export interface StepChart {
  /** An SVG path. */
  readonly path: string;
  readonly points: readonly {
    readonly xPx: number;
    readonly yPx: number;
    readonly label: string;
    readonly step: number;
  }[];
  /** Where zero lies, when it lies within. */
  readonly zeroPx: number | undefined;
}

export interface ChartBox {
  readonly widthPx: number;
  readonly heightPx: number;
}

const insetPx = 4;
/** Labels nearer than this to the one before are left out. */
const labelPx = 52;

export function stepChart(steps: readonly Step[], untilNs: number, box: ChartBox): StepChart | undefined {
  const first = steps[0];
  if (first === undefined || box.widthPx <= 0) return undefined;
  const toNs = Math.max(untilNs, steps[steps.length - 1]?.atNs ?? 0, first.atNs + 1);
  const values = steps.map((step) => step.value);
  const min = Math.min(...values);
  const max = Math.max(...values);
  const xOf = (ns: number) => ((ns - first.atNs) / (toNs - first.atNs)) * (box.widthPx - 2 * insetPx) + insetPx;
  const yOf = (value: number) =>
    (max === min ? 0.5 : (max - value) / (max - min)) * (box.heightPx - 2 * insetPx) + insetPx;
  const round = (px: number) => Math.round(px * 10) / 10;
  let path = "";
  let lastLabelPx = -Infinity;
  const points = steps.map((step, i) => {
    const xPx = round(xOf(step.atNs));
    const yPx = round(yOf(step.value));
    path += i === 0 ? `M${String(xPx)} ${String(yPx)}` : `H${String(xPx)}V${String(yPx)}`;
    const isLabelled = xPx - lastLabelPx >= labelPx;
    if (isLabelled) lastLabelPx = xPx;
    return { xPx, yPx, label: isLabelled ? String(step.value) : "", step: i };
  });
  path += `H${String(round(xOf(toNs)))}`;
  return { path, points, zeroPx: min < 0 && max > 0 ? round(yOf(0)) : undefined };
}
