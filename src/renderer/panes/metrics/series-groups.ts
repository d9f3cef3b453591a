// The series picker's list: what matches the words typed, grouped by process as they come, in the order of their names.
import type { MetricSeries } from "../../../shared/protocol/engine-rows.js";

export interface SeriesGroup {
  readonly process: number;
  readonly series: readonly MetricSeries[];
}

export function groupSeries(all: readonly MetricSeries[], typed: string): readonly SeriesGroup[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const groups = new Map<number, MetricSeries[]>();
  for (const series of all) {
    const searched = `${series.name} ${series.alias} ${series.attributes}`.toLowerCase();
    if (!words.every((word) => searched.includes(word))) continue;
    const group = groups.get(series.process) ?? [];
    group.push(series);
    groups.set(series.process, group);
  }
  return [...groups].map(([process, series]) => ({
    process,
    series: series.sort((a, b) => a.alias.localeCompare(b.alias)),
  }));
}
