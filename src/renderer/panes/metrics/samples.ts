// Samples of one series as the engine sends them: instants and values of one length, in time order.
import { firstWhere } from "../../../shared/base/first-where.js";

export interface Samples {
  /** Nanoseconds since the recording's start. */
  readonly timeNs: Float64Array;
  readonly values: Float64Array;
}

/** Position of the last sample at or before an instant; -1 when all are later. */
export function lastSampleAt(samples: Samples, atNs: number): number {
  return firstWhere(samples.timeNs.length, (at) => (samples.timeNs[at] ?? Infinity) > atNs) - 1;
}

/** A stretch in which samples were evicted, its end excluded. */
export interface Missing {
  readonly fromNs: number;
  readonly toNs: number;
}

/**
 * The samples, with one that has no value where what followed it was evicted: no line is drawn across, and nothing is known there.
 * `missing`: in the order of time, none of which touches the next.
 */
export function brokenBy(samples: Samples, missing: readonly Missing[]): Samples {
  if (missing.length === 0) return samples;
  const [times, values]: [number[], number[]] = [[], []];
  let next = 0;
  const breakUpTo = (ns: number): void => {
    for (let gap = missing[next]; gap !== undefined && gap.fromNs <= ns; gap = missing[++next]) {
      times.push(gap.fromNs);
      values.push(NaN);
    }
  };
  for (const [at, time] of samples.timeNs.entries()) {
    breakUpTo(time);
    // One that is still there is on its way out.
    const last = missing[next - 1];
    if (last !== undefined && time < last.toNs) continue;
    times.push(time);
    values.push(samples.values[at] ?? NaN);
  }
  breakUpTo(Infinity);
  return { timeNs: Float64Array.from(times), values: Float64Array.from(values) };
}

/** A sample older than this many sampling intervals says nothing about now: the process was not being measured. */
const staleAfterIntervals = 5;

/** The value known at an instant: that of the last sample, unless it is far older than the samples are apart. */
export function valueAt(samples: Samples, atNs: number): number | undefined {
  const position = lastSampleAt(samples, atNs);
  if (position < 0) return undefined;
  const interval = typicalIntervalNs(samples);
  const age = atNs - (samples.timeNs[position] ?? 0);
  return interval > 0 && age > interval * staleAfterIntervals ? undefined : samples.values[position];
}

/** Where the drawn line, straight between samples, is at an instant; undefined outside of the samples. */
export function lineAt({ timeNs, values }: Samples, atNs: number): number | undefined {
  const position = lastSampleAt({ timeNs, values }, atNs);
  const [from, to] = [timeNs[position], timeNs[position + 1]];
  const [before, after] = [values[position], values[position + 1]];
  if (from === undefined || before === undefined) return undefined;
  if (to === undefined || after === undefined) return from === atNs ? before : undefined;
  // From and to such a one nothing is drawn.
  if (Number.isNaN(before) || Number.isNaN(after)) return undefined;
  return before + ((after - before) * (atNs - from)) / (to - from);
}

export function typicalIntervalNs(samples: Samples): number {
  const count = samples.timeNs.length;
  if (count < 2) return 0;
  return ((samples.timeNs[count - 1] ?? 0) - (samples.timeNs[0] ?? 0)) / (count - 1);
}

export interface Extent {
  readonly min: number;
  readonly max: number;
}

/** Axis limits for the samples: round numbers around them, zero included when it is near. */
export function extentOf(samples: readonly Samples[]): Extent {
  let min = Infinity;
  let max = -Infinity;
  for (const { values } of samples) {
    for (const value of values) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return min > max ? { min: 0, max: 1 } : roundExtent(min, max);
}

export function roundExtent(min: number, max: number): Extent {
  if (min >= 0 && min < (max - min) * 0.5) min = 0;
  if (min === max) {
    const around = Math.abs(max) * 0.1 || 1;
    return { min: min === 0 ? 0 : min - around, max: max + around };
  }
  const step = roundStep((max - min) / 4);
  // Division by a step below 1 leaves fractions such as 0.30000000000000004; the step's own digits are enough.
  const tidy = (value: number) => Number(value.toPrecision(12));
  return { min: tidy(Math.floor(min / step) * step), max: tidy(Math.ceil(max / step) * step) };
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const times = least / power;
  return (times <= 1 ? 1 : times <= 2 ? 2 : times <= 5 ? 5 : 10) * power;
}

/** Between which values the samples lie that a line of averages stands for. */
export interface Band {
  readonly timeNs: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
}

/** What is drawn of equal slices: those that have a sample, each at its middle. */
export function bandOf(
  { startNs, average, least, most }: Record<"startNs" | "average" | "least" | "most", Float64Array>,
  sliceNs: number,
): { readonly samples: Samples; readonly band: Band } {
  const used = [...average.keys()].filter((slice) => !Number.isNaN(average[slice]));
  const of = (column: Float64Array): Float64Array => Float64Array.from(used, (slice) => column[slice] ?? NaN);
  const timeNs = of(startNs).map((start) => start + sliceNs / 2);
  return { samples: { timeNs, values: of(average) }, band: { timeNs, least: of(least), most: of(most) } };
}

export const bandBrokenBy = ({ timeNs, least, most }: Band, missing: readonly Missing[]): Band => {
  const lower = brokenBy({ timeNs, values: least }, missing);
  return { timeNs: lower.timeNs, least: lower.values, most: brokenBy({ timeNs, values: most }, missing).values };
};

/** The samples as they would be so much later. */
export const shifted = ({ timeNs, values }: Samples, byNs: number): Samples => ({
  timeNs: timeNs.map((ns) => ns + byNs),
  values,
});
