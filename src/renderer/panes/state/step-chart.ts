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

const round = (px: number) => Math.round(px * 10) / 10;

function xScale(steps: readonly Step[], untilNs: number, box: ChartBox): (ns: number) => number {
  const fromNs = steps[0]?.atNs ?? 0;
  const toNs = Math.max(untilNs, steps[steps.length - 1]?.atNs ?? 0, fromNs + 1);
  return (ns) => ((ns - fromNs) / (toNs - fromNs)) * (box.widthPx - 2 * insetPx) + insetPx;
}

/** Where an instant lies on the chart; undefined before the first write. */
export function xInChart(steps: readonly Step[], untilNs: number, box: ChartBox, atNs: number): number | undefined {
  const first = steps[0];
  return first === undefined || atNs < first.atNs ? undefined : round(xScale(steps, untilNs, box)(atNs));
}

export function stepChart(steps: readonly Step[], untilNs: number, box: ChartBox): StepChart | undefined {
  const last = steps[steps.length - 1];
  if (last === undefined || box.widthPx <= 0) return undefined;
  let min = Infinity;
  let max = -Infinity;
  for (const { value } of steps) {
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const xOf = xScale(steps, untilNs, box);
  const yOf = (value: number) =>
    (max === min ? 0.5 : (max - value) / (max - min)) * (box.heightPx - 2 * insetPx) + insetPx;
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
  path += `H${String(round(xOf(Math.max(untilNs, last.atNs))))}`;
  return { path, points, zeroPx: min < 0 && max > 0 ? round(yOf(0)) : undefined };
}

/** The write whose point is nearest to a place on the chart. */
export function nearestStep({ points }: StepChart, xPx: number): number | undefined {
  let nearest: number | undefined;
  let nearestPx = Infinity;
  for (const point of points) {
    const beside = Math.abs(point.xPx - xPx);
    if (beside >= nearestPx) continue;
    nearestPx = beside;
    nearest = point.step;
  }
  return nearest;
}
