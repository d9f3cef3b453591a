// Where things stand on the ruler's track, in pixels: 18 marks, 46 density, 4 firings of rules, 8 lifetimes, 1 free, 17 ticks and labels.
import { type NsRange, pxFromNs, type Ticks } from "../state/time-scale.js";

export const trackHeightPx = 94;
export const densityTopPx = 18;
export const densityBottomPx = 64;
export const lifetimesTopPx = 68;
export const lifetimesBottomPx = 76;
export const labelsTopPx = 77;
/** Free at both ends, so that the first and last instant can be grabbed. */
export const insetPx = 12;
export const barPitchPx = 3;
const barWidthPx = 2;
export const mergeMarksPx = 12;

/** Counts per equal slice of a range: what the engine sent, and for which range. */
export interface DensityColumns {
  readonly range: NsRange;
  readonly records: Uint32Array;
  readonly errors: Uint32Array;
  readonly writes: Uint32Array;
}

export interface Bar {
  readonly xPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** The part of it, from below, that stands for errors. */
  readonly errorPx: number;
}

/**
 * Bars for a plot that may already show another range than the one the counts are for (a zoom whose answer is on its
 * way). Heights are square roots of the shares: a burst at the start must not flatten all the rest. Whatever is not
 * zero is at least a pixel high, errors at least two.
 */
export function densityBars(density: DensityColumns, shown: NsRange, widthPx: number): readonly Bar[] {
  const heightPx = densityBottomPx - densityTopPx - 2;
  const count = density.records.length;
  const most = Math.max(
    1,
    density.records.reduce((a, b) => Math.max(a, b), 0),
  );
  const sliceNs = (density.range.toNs - density.range.fromNs) / count;
  const slicePx = (sliceNs / (shown.toNs - shown.fromNs)) * widthPx;
  const width = Math.max(1, slicePx > barPitchPx ? slicePx - 1 : Math.min(slicePx, barWidthPx));
  const bars: Bar[] = [];
  for (let i = 0; i < count; i++) {
    const records = density.records[i] ?? 0;
    const errors = density.errors[i] ?? 0;
    if (records === 0) continue;
    const xPx = pxFromNs(shown, widthPx, density.range.fromNs + i * sliceNs);
    if (xPx + width < 0 || xPx > widthPx) continue;
    const full = Math.max(1, Math.sqrt(records / most) * heightPx);
    const errorPx = errors === 0 ? 0 : Math.min(full, Math.max(2, (errors / records) * full));
    bars.push({ xPx, widthPx: width, heightPx: full, errorPx });
  }
  return bars;
}

/** The slice of the counts that holds an instant. */
export function sliceAt(density: DensityColumns, ns: number): number | undefined {
  const { fromNs, toNs } = density.range;
  if (ns < fromNs || ns >= toNs) return undefined;
  return Math.min(density.records.length - 1, Math.floor(((ns - fromNs) / (toNs - fromNs)) * density.records.length));
}

export interface MarkGroup<Mark> {
  readonly xPx: number;
  readonly marks: readonly Mark[];
}

/** Marks in time order, those nearer than 12 px to the first of a group merged into it; those outside left out. */
export function groupMarks<Mark extends { readonly offsetNs: number }>(
  marks: readonly Mark[],
  shown: NsRange,
  widthPx: number,
): readonly MarkGroup<Mark>[] {
  const groups: { xPx: number; marks: Mark[] }[] = [];
  for (const mark of marks) {
    const xPx = pxFromNs(shown, widthPx, mark.offsetNs);
    if (xPx < -1 || xPx > widthPx + 1) continue;
    const last = groups.at(-1);
    if (last !== undefined && xPx - last.xPx < mergeMarksPx) last.marks.push(mark);
    else groups.push({ xPx, marks: [mark] });
  }
  return groups;
}

/** Whether a label is neither half out of the track nor in the way of the playhead's flag, which begins at `flagPx`. */
export function hasRoom(xPx: number, labelPx: number, trackPx: number, flag?: { fromPx: number; px: number }): boolean {
  const [fromPx, toPx] = [xPx - labelPx / 2, xPx + labelPx / 2];
  if (fromPx < 0 || toPx > trackPx) return false;
  return flag === undefined || toPx < flag.fromPx || fromPx > flag.fromPx + flag.px;
}

/** A box of a given width centred on x, pushed inside [0, widthPx]. */
export const centredWithin = (xPx: number, boxPx: number, widthPx: number): number =>
  Math.min(Math.max(xPx - boxPx / 2, 0), Math.max(0, widthPx - boxPx));

/** Between two ticks with a label stand four shorter ones. */
const minorParts = 5;

export function minorTicksOf({ offsetsNs, stepNs }: Ticks, { fromNs, toNs }: NsRange): readonly number[] {
  const first = offsetsNs[0];
  if (first === undefined) return [];
  const minor: number[] = [];
  for (let tick = first - stepNs; tick <= toNs; tick += stepNs)
    for (let part = 1; part < minorParts; part++) {
      const ns = tick + (stepNs * part) / minorParts;
      if (ns >= fromNs && ns <= toNs) minor.push(ns);
    }
  return minor;
}
