// What a change looks like, small: a dozen bars before and a dozen after.
import { changeBars as shapeBars } from "../../shared/protocol/correlation-calls.js";
import type { Histogram } from "./chances.js";

/** Over time: averages of the cells of the baseline, and of those of the selection; NaN where there is nothing. */
export function shapeOverTime(cells: Float64Array, before: number): Float64Array {
  return Float64Array.of(...reduced(cells.subarray(0, before)), ...reduced(cells.subarray(before)));
}

function reduced(cells: Float64Array): number[] {
  return Array.from({ length: shapeBars }, (_, bar) => {
    const from = Math.floor((bar * cells.length) / shapeBars);
    const end = Math.max(from + 1, Math.floor(((bar + 1) * cells.length) / shapeBars));
    const known = [...cells.subarray(from, end)].filter((value) => !Number.isNaN(value));
    return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
  });
}

/** By value: which share of each side lies where between the least and the most, by powers where they are far apart. */
export function shapeByValue({ values, before, after }: Histogram): Float64Array {
  const [least, most] = [values[0] ?? 0, values.at(-1) ?? 0];
  const scale = least > 0 && most > 10 * least ? Math.log : (value: number): number => value;
  const width = scale(most) - scale(least);
  const side = (counts: Float64Array): number[] => {
    const bars = Array.from({ length: shapeBars }, () => 0);
    const total = counts.reduce((sum, count) => sum + count, 0);
    for (const [at, value] of values.entries()) {
      const bar =
        width > 0 ? Math.min(shapeBars - 1, Math.floor(((scale(value) - scale(least)) / width) * shapeBars)) : 0;
      bars[bar] = (bars[bar] ?? 0) + (counts[at] ?? 0) / Math.max(1, total);
    }
    return bars;
  };
  return Float64Array.of(...side(before), ...side(after));
}
