// The columns of the table `process` that say how far its clock is from the engine's.
import type { MeasuredClock } from "./recording-rows.js";
import type { Rows } from "./rows.js";

export function clocksFrom(rows: Rows): readonly (MeasuredClock | undefined)[] {
  const uncertainties = rows.optionalBigints("clock_uncertainty");
  return rows.optionalBigints("clock_offset").map((offsetNs, row) => {
    const uncertaintyNs = uncertainties[row];
    return offsetNs === undefined || uncertaintyNs === undefined ? undefined : { offsetNs, uncertaintyNs };
  });
}
