// One row as it is drawn: its samples or what is derived from them, its axis, its unit and its name.
import type { MetricSeries } from "../../../shared/protocol/engine-rows.js";
import { rateOf, rateUnit, ratioOf, ratioUnit } from "./derive.js";
import type { NsRange } from "../../state/time-scale.js";
import { logExtentOf } from "./log-scale.js";
import { type RowChoice, keyOf } from "./row-choice.js";
import { type Band, type Extent, type Samples, extentOf, shifted } from "./samples.js";
import { scaleOf, type UnitScale } from "../../../shared/base/units.js";
import { unusualOf } from "./unusual.js";

type SamplesOf = (series: number) => Samples;

export interface MetricRow {
  readonly key: string;
  readonly choice: RowChoice;
  readonly series: MetricSeries;
  readonly label: string;
  /** How it came to be, for people. */
  readonly meaning: string;
  readonly samples: Samples;
  readonly band: Band | undefined;
  readonly before: Samples | undefined;
  /** Where it leaves the band of the samples before. */
  readonly unusual: readonly NsRange[];
  readonly extent: Extent;
  readonly scale: UnitScale;
}

export interface RowParts {
  readonly choice: RowChoice;
  readonly series: MetricSeries;
  /** Of a ratio: what is below. */
  readonly over: MetricSeries | undefined;
  readonly samplesOf: SamplesOf;
  readonly bandOf: (series: number) => Band | undefined;
  /** Samples before the view, while that is compared with. */
  readonly before: SamplesOf | undefined;
  readonly spanNs: number;
  readonly marksUnusual: boolean;
}

export function makeRow({
  choice,
  series,
  over,
  samplesOf,
  bandOf,
  before,
  spanNs,
  marksUnusual,
}: RowParts): MetricRow {
  const { kind } = choice.derived;
  const derive = (of: SamplesOf): Samples => {
    const own = of(series.series);
    if (over !== undefined) return ratioOf(own, of(over.series));
    return kind === "rate" ? rateOf(own) : own;
  };
  const samples = derive(samplesOf);
  const ownBand = bandOf(series.series);
  const isOfAverages = ownBand !== undefined || (over !== undefined && bandOf(over.series) !== undefined);
  const band = kind === "plain" ? ownBand : undefined;
  const earlier = before === undefined ? undefined : shifted(derive(before), spanNs);
  const drawn = [samples, ...(earlier === undefined ? [] : [earlier]), ...(band === undefined ? [] : edgesOf(band))];
  const extent = choice.isLog ? logExtentOf(drawn) : extentOf(drawn);
  const unit = over === undefined ? (kind === "rate" ? rateUnit(series) : series) : ratioUnit(series, over, extent.max);
  const averages = kind !== "plain" && isOfAverages ? ", of averages" : "";
  return {
    key: keyOf(choice),
    choice,
    series,
    ...wordsOf(series, over, kind, averages),
    samples,
    band,
    before: earlier,
    unusual: marksUnusual ? unusualOf(samples) : [],
    extent,
    scale: scaleOf(unit, Math.max(Math.abs(extent.min), Math.abs(extent.max))),
  };
}

const edgesOf = ({ timeNs, least, most }: Band): Samples[] => [
  { timeNs, values: least },
  { timeNs, values: most },
];

function wordsOf(
  series: MetricSeries,
  over: MetricSeries | undefined,
  kind: RowChoice["derived"]["kind"],
  averages: string,
): Pick<MetricRow, "label" | "meaning"> {
  if (over !== undefined) {
    return { label: `${series.alias} / ${over.alias}`, meaning: `${series.alias} over ${over.alias}${averages}` };
  }
  if (kind === "plain") return { label: series.alias, meaning: series.alias };
  return {
    label: `${series.alias} rate`,
    meaning: `Growth of ${series.alias} per second${averages}; none where it falls`,
  };
}
