// Rows of what goes with a series, as they are listed: sorted by one measure or by how sure it is, filtered by words.
import type { CallResult } from "../../../shared/protocol/engine-calls.js";
import type { MetricSeries } from "../../../shared/protocol/engine-rows.js";
import { correlationMeasures, shapePoints } from "../../../shared/protocol/correlation-calls.js";

export type CorrelatedColumns = CallResult<"metrics.correlate">;
export type CorrelatedSort = "chance" | "pearson" | "spearman";

export interface CorrelatedRow {
  readonly series: MetricSeries;
  readonly service: string;
  readonly measure: (typeof correlationMeasures)[number];
  readonly pearson: number;
  readonly spearman: number;
  readonly lagNs: number;
  readonly pairs: number;
  readonly effective: number;
  readonly chance: number;
  readonly byDifferences: boolean;
  readonly shape: Float64Array;
}

/** Cells in which both have a value: the engine compares no fewer. */
export const leastOverlap = 12;
/** Below this chance is no explanation. */
export const leastChance = 0.01;

export function correlatedRows(
  found: CorrelatedColumns,
  list: readonly MetricSeries[],
  serviceOf: (process: number) => string,
): readonly CorrelatedRow[] {
  const known = new Map(list.map((series) => [series.series, series]));
  return [...found.series].flatMap((id, at): readonly CorrelatedRow[] => {
    const series = known.get(id);
    if (series === undefined) return [];
    return [
      {
        series,
        service: serviceOf(series.process),
        measure: correlationMeasures[found.measure[at] ?? 0] ?? "pearson",
        pearson: found.pearson[at] ?? Number.NaN,
        spearman: found.spearman[at] ?? Number.NaN,
        lagNs: found.lagNs[at] ?? 0,
        pairs: found.pairs[at] ?? 0,
        effective: found.effective[at] ?? 0,
        chance: found.chance[at] ?? 1,
        byDifferences: found.byDifferences[at] === 1,
        shape: found.shapes.subarray(at * shapePoints, (at + 1) * shapePoints),
      },
    ];
  });
}

export function shownRows(
  rows: readonly CorrelatedRow[],
  sort: CorrelatedSort,
  words: string,
): readonly CorrelatedRow[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const matching = rows.filter(({ series, service }) => {
    const said = `${service} ${series.name} ${series.alias} ${series.attributes}`.toLowerCase();
    return wanted.every((word) => said.includes(word));
  });
  if (sort === "chance") return matching;
  // What cannot be told comes last.
  const strength = (row: CorrelatedRow): number => (Number.isNaN(row[sort]) ? -1 : Math.abs(row[sort]));
  return matching.toSorted((a, b) => strength(b) - strength(a) || a.chance - b.chance);
}

/** What is known of a pair, in words that claim no more. */
export function wordsOf(row: CorrelatedRow): string {
  if (row.chance >= 0.5) return "chance explains it";
  if (row.chance >= leastChance) return "may well be chance";
  return row[row.measure] < 0 ? "correlated, the other way round" : "correlated";
}

export function chanceText(chance: number): string {
  if (chance < 1e-4) return "< 0.0001";
  return chance > 0.995 ? "1" : chance.toPrecision(2);
}

/** `−0.84`; "–" where it cannot be told. */
export const coefficientText = (value: number): string =>
  Number.isNaN(value) ? "–" : value.toFixed(2).replace("-", "−");
