// The ECharts option of one row. Nothing in it depends on the playhead: scrubbing never touches a chart.
import type { EChartsCoreOption } from "echarts/core";
import { bandSeries } from "./band-series.js";
import { onAxis } from "./log-scale.js";
import { type Band, type Extent, type Samples, valueAt } from "./samples.js";
import { type UnitScale, valueText } from "../../../shared/base/units.js";

export interface ChartColours {
  readonly line: string;
  readonly grid: string;
  readonly text: string;
  readonly textSoft: string;
  readonly textQuiet: string;
  readonly raised: string;
  readonly border: string;
  readonly font: string;
}

export interface ChartRow {
  readonly label: string;
  readonly samples: Samples;
  /** Between which the values lie that the samples are averages of. */
  readonly band: Band | undefined;
  /** Of the stretch before, where it would be now. */
  readonly before: Samples | undefined;
  readonly extent: Extent;
  readonly isLog: boolean;
  readonly scale: UnitScale;
  readonly fromNs: number;
  readonly toNs: number;
  readonly timeText: (ns: number) => string;
}

/** More of them would be a grey area. */
const mostDecadeLines = 4;
/** Room above and below the line within its row. */
const topPx = 6;
const bottomPx = 5;

/** Where a place of the axis lies in a row of this height, in pixels from its top. */
export function yInPlot(at: number, extent: Extent, heightPx: number, isLog: boolean): number {
  const [min, max] = [onAxis(extent.min, isLog), onAxis(extent.max, isLog)];
  const share = (max - at) / (max - min);
  return Math.round(topPx + Math.min(Math.max(share, 0), 1) * (heightPx - topPx - bottomPx));
}

export function chartOption(row: ChartRow, colours: ChartColours): EChartsCoreOption {
  const [min, max] = [onAxis(row.extent.min, row.isLog), onAxis(row.extent.max, row.isLog)];
  return {
    animation: false,
    grid: { left: 0, right: 0, top: topPx, bottom: bottomPx },
    xAxis: { type: "value", min: row.fromNs, max: row.toNs, show: false },
    yAxis: {
      type: "value",
      min,
      max,
      interval: row.isLog && max - min <= mostDecadeLines ? 1 : (max - min) / 2,
      axisLabel: { show: false },
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: colours.grid, width: 1 } },
    },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      transitionDuration: 0,
      confine: true,
      backgroundColor: colours.raised,
      borderColor: colours.border,
      borderWidth: 1,
      padding: [4, 8],
      textStyle: { color: colours.text, fontFamily: colours.font, fontSize: 11, lineHeight: 14 },
      axisPointer: { type: "line", animation: false, lineStyle: { color: colours.textQuiet, width: 1, type: "solid" } },
      formatter: (shown: unknown) => tooltipText(row, shown),
    },
    series: [
      lineSeries("line", row.samples, row.isLog, { color: colours.line, width: 1.25 }),
      ...(row.before === undefined
        ? []
        : [
            {
              ...lineSeries("before", row.before, row.isLog, { color: colours.textSoft, width: 1.25, type: "dotted" }),
              z: 1,
            },
          ]),
      ...(row.band === undefined ? [] : [bandSeries(row.band, row.isLog, min, colours.line)]),
    ],
  };
}

interface LineStyle {
  readonly color: string;
  readonly width: number;
  readonly type?: "dotted";
}

const lineSeries = (id: string, samples: Samples, isLog: boolean, lineStyle: LineStyle) => ({
  id,
  type: "line",
  data: pointsOf(samples, isLog),
  showSymbol: samples.timeNs.length === 1,
  symbolSize: 4,
  lineStyle,
  itemStyle: { color: lineStyle.color },
  emphasis: { disabled: true },
  connectNulls: false,
});

/** Pairs, because a typed array cannot hold the breaks that `connectNulls: false` draws. */
function pointsOf({ timeNs, values }: Samples, isLog: boolean): (readonly [number, number])[] {
  return Array.from(timeNs, (time, i) => [time, onAxis(values[i] ?? NaN, isLog)] as const);
}

/** The averages' own value, what lies between, and what it was in the stretch before. */
export function tooltipText(row: ChartRow, shown: unknown): string {
  const all: readonly unknown[] = Array.isArray(shown) ? shown : [shown];
  const timeNs = all.map((one) => row.samples.timeNs[positionIn(one)]).find((ns) => ns !== undefined);
  if (timeNs === undefined) return "";
  const at = row.samples.timeNs.indexOf(timeNs);
  const unit = row.scale.suffix === "" ? "" : ` ${row.scale.suffix}`;
  const textOf = (value: number | undefined): string => valueText(value, row.scale) + unit;
  const said = [`${row.label}  ${row.band === undefined ? "" : "average "}${textOf(row.samples.values[at])}`];
  if (row.band !== undefined) said.push(`${textOf(row.band.least[at])} to ${textOf(row.band.most[at])}`);
  if (row.before !== undefined) said.push(`before ${textOf(valueAt(row.before, timeNs))}`);
  // No more than two lines: the lowest row has room for them.
  return `${said.join(" · ")}\n${row.timeText(timeNs)}`;
}

/** Of a point of the row's own line. */
function positionIn(point: unknown): number {
  if (typeof point !== "object" || point === null || !("dataIndex" in point)) return -1;
  return "seriesId" in point && point.seriesId !== "line" ? -1 : Number(point.dataIndex);
}
