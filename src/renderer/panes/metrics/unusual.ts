// Stretches in which a row's samples leave the band of those before them, worked out once for the same samples.
import { outOfBand } from "../../../shared/base/out-of-band.js";
import { type NsRange, pxFromNs } from "../../state/time-scale.js";
import type { Samples } from "./samples.js";

const known = new WeakMap<Float64Array, readonly NsRange[]>();

export function unusualOf({ timeNs, values }: Samples): readonly NsRange[] {
  const before = known.get(values);
  if (before !== undefined) return before;
  const found = outOfBand(values).map(({ first, last }) => ({ fromNs: timeNs[first] ?? 0, toNs: timeNs[last] ?? 0 }));
  known.set(values, found);
  return found;
}

interface UnusualPlace {
  readonly leftPx: number;
  readonly widthPx: number;
}

const narrowestPx = 3;

/** Those in view, each wide enough to be seen. */
export function placesOfUnusual(unusual: readonly NsRange[], shown: NsRange, widthPx: number): readonly UnusualPlace[] {
  return unusual.flatMap(({ fromNs, toNs }) => {
    if (toNs < shown.fromNs || fromNs > shown.toNs) return [];
    const leftPx = Math.round(Math.max(0, pxFromNs(shown, widthPx, fromNs)));
    const rightPx = Math.round(Math.min(widthPx, pxFromNs(shown, widthPx, toNs)));
    return [{ leftPx, widthPx: Math.max(rightPx - leftPx, narrowestPx) }];
  });
}
