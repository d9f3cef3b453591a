// Which series are shown until somebody chooses: one row each for memory, event loop, load and collection of
// the first process of the list, then the same of the others while there is room.
import type { MetricSeries } from "../../../shared/protocol/engine-rows.js";

/** In order of preference; each is matched against the OpenTelemetry name. */
const preferred: readonly RegExp[] = [
  /heap\.used$/,
  /eventloop\.delay\.p99$/,
  /cpu\.utilization$/,
  /^http\..*(requests|rate)/,
  /eventloop\.utilization$/,
  /gc\.pause/,
];

export function defaultSeries(all: readonly MetricSeries[], most: number): readonly number[] {
  const chosen: number[] = [];
  const processes = [...new Set(all.map((series) => series.process))];
  for (const process of processes) {
    for (const pattern of preferred) {
      if (chosen.length >= most) return chosen;
      const found = all.find(
        (series) => series.process === process && pattern.test(series.name) && !chosen.includes(series.series),
      );
      if (found !== undefined) chosen.push(found.series);
    }
  }
  return chosen.length > 0 ? chosen : all.slice(0, most).map((series) => series.series);
}
