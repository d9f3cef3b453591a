// Series made of others: how fast one grows, and one over another. Where there is no honest number there is none (NaN).
import type { MetricSeries } from "../../../shared/protocol/engine-rows.js";
import { type Samples, valueAt } from "./samples.js";

/** Growth per second since the sample before. Where it falls a counter began anew: how far it had come is not known. */
export function rateOf({ timeNs, values }: Samples): Samples {
  const rates = values.map((value, at) => {
    const [before, beforeNs, ns] = [values[at - 1], timeNs[at - 1], timeNs[at]];
    if (before === undefined || beforeNs === undefined || ns === undefined) return NaN;
    return value >= before && ns > beforeNs ? (value - before) / ((ns - beforeNs) / 1e9) : NaN;
  });
  return { timeNs: timeNs.subarray(1), values: rates.subarray(1) };
}

/** Each sample over what the other series was last known to be at its instant. */
export function ratioOf(above: Samples, below: Samples): Samples {
  const values = above.values.map((value, at) => {
    const divisor = valueAt(below, above.timeNs[at] ?? NaN);
    return divisor === undefined || divisor === 0 ? NaN : value / divisor;
  });
  return { timeNs: above.timeNs, values };
}

type Named = Pick<MetricSeries, "name" | "unit">;

/** "{request}" is a note about what is counted, not a unit. */
const plainUnit = (unit: string): string => (unit === "1" ? "" : unit.replace(/\{[^}]*\}/g, "").trim());

export const rateUnit = ({ name, unit }: Named): Named => ({
  name: `${name}.rate`,
  unit: `${plainUnit(unit)}/s`,
});

/** Of two of one unit it is a share, or so many times as much; over a count it keeps its unit. */
export function ratioUnit(above: Named, below: Named, largest: number): Named {
  const [upper, lower] = [plainUnit(above.unit), plainUnit(below.unit)];
  if (upper === lower) return { name: largest > 2 ? "times" : "ratio", unit: "1" };
  return { name: "quotient", unit: lower === "" ? upper : `${upper === "" ? "1" : upper}/${lower}` };
}
