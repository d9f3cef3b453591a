// Where values lie on an axis whose steps are powers of ten. What is not above 0 has no place there.
import type { Extent, Samples } from "./samples.js";

export const onAxis = (value: number, isLog: boolean): number =>
  isLog ? (value > 0 ? Math.log10(value) : NaN) : value;

/** Whole powers of ten around the values above 0. */
export function logExtentOf(samples: readonly Samples[]): Extent {
  let [least, most] = [Infinity, 0];
  for (const { values } of samples) {
    for (const value of values) {
      if (!(value > 0)) continue;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  if (most === 0) return { min: 1, max: 10 };
  const min = Math.floor(Math.log10(least));
  const max = Math.max(Math.ceil(Math.log10(most)), min + 1);
  return { min: 10 ** min, max: 10 ** max };
}
