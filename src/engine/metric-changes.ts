// Which metrics are distributed otherwise in a selection: averages of cells of about a second are compared, counters as what they
// grow by. What a series remembers of the cell before bounds how many of its cells count.
import { changeOfSeries } from "./correlation/changed.js";
import { seriesAt } from "./correlation/series-grid.js";
import { differencesOf, looksLikeCounter } from "./correlation/stationary.js";
import { shapeOverTime } from "./correlation/shapes.js";
import type { Found, Subject } from "./change-words.js";
import type { Compared } from "./store/changed-rows.js";
import { metricGrid } from "./store/metric-grid.js";
import { metricSeries } from "./store/metrics.js";
import { processServices } from "./store/process-services.js";
import type { Query } from "./store/readers.js";

const [leastCells, mostCells] = [6, 60];
const secondNs = 1_000_000_000n;

export async function metricChanges(query: Query, { baseline, selection }: Compared): Promise<Found[]> {
  const length = selection.to - selection.from;
  const after = Math.max(leastCells, Math.min(mostCells, Number(length / secondNs)));
  const cellNs = length / BigInt(after);
  const before = Number((baseline.to - baseline.from) / cellNs);
  const cellsOf = (to: bigint, cells: number) => metricGrid(query, { from: to - BigInt(cells) * cellNs, to, cells });
  const [earlier, later] = [await cellsOf(baseline.to, before), await cellsOf(selection.to, after)];
  const places = new Map(earlier.series.map((series, at) => [series, at]));
  const names = new Map((await metricSeries(query)).map((series) => [series.series, series]));
  const services = await processServices(query);
  return later.series.flatMap((series, at) => {
    const place = places.get(series);
    const name = names.get(series);
    if (place === undefined || name === undefined) return [];
    const [one, other] = [seriesAt(earlier, place), seriesAt(later, at)];
    const isCounter = looksLikeCounter(Float64Array.of(...one, ...other));
    const [was, is] = isCounter ? [differencesOf(one), differencesOf(other)] : [one, other];
    const attributes = name.attributes === "" || name.attributes === "{}" ? "" : ` ${name.attributes}`;
    const of: Subject = {
      kind: "metric",
      service: services.get(name.process) ?? "",
      subject: `${name.name}${attributes}${isCounter ? " (growth)" : ""}`,
      unit: name.unit,
    };
    const change = changeOfSeries(of, was, is);
    return change === undefined
      ? []
      : [{ ...change, shape: shapeOverTime(Float64Array.of(...was, ...is), was.length) }];
  });
}
