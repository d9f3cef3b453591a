// The ECharts option of one row. Nothing in it depends on the playhead: scrubbing never touches a chart.
import type { EChartsCoreOption } from "echarts/core";
import type { Extent, Samples } from "./samples.js";
import { type UnitScale, valueText } from "./units.js";

export interface ChartColours {
  readonly line: string;
  readonly grid: string;
  readonly text: string;
  readonly textQuiet: string;
  readonly raised: string;
  readonly border: string;
  readonly font: string;
}

export interface ChartRow {
  readonly label: string;
  readonly samples: Samples;
  readonly extent: Extent;
  readonly scale: UnitScale;
  readonly fromNs: number;
  readonly toNs: number;
  readonly timeText: (ns: number) => string;
}

/** Room above and below the line within its row. */
const topPx = 6;
const bottomPx = 5;

/** Where a value lies in a row of this height, in pixels from its top. */
export function yInPlot(value: number, { min, max }: Extent, heightPx: number): number {
  const share = (max - value) / (max - min);
  return Math.round(topPx + Math.min(Math.max(share, 0), 1) * (heightPx - topPx - bottomPx));
}

export function chartOption(row: ChartRow, colours: ChartColours): EChartsCoreOption {
  return {
    animation: false,
    grid: { left: 0, right: 0, top: topPx, bottom: bottomPx },
    xAxis: { type: "value", min: row.fromNs, max: row.toNs, show: false },
    yAxis: {
      type: "value",
      min: row.extent.min,
      max: row.extent.max,
      interval: (row.extent.max - row.extent.min) / 2,
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
      textStyle: { color: colours.text, fontFamily: colours.font, fontSize: 11 },
      axisPointer: { type: "line", animation: false, lineStyle: { color: colours.textQuiet, width: 1, type: "solid" } },
      formatter: (shown: unknown) => tooltipText(row, shown),
    },
    series: [
      {
        type: "line",
        data: pointsOf(row.samples),
        showSymbol: row.samples.timeNs.length === 1,
        symbolSize: 4,
        lineStyle: { color: colours.line, width: 1.25 },
        itemStyle: { color: colours.line },
        emphasis: { disabled: true },
        connectNulls: false,
      },
    ],
  };
}

/** Pairs, because a typed array cannot hold the breaks that `connectNulls: false` draws. */
function pointsOf({ timeNs, values }: Samples): (readonly [number, number | null])[] {
  return Array.from(timeNs, (time, i) => [time, values[i] ?? null] as const);
}

export function tooltipText(row: ChartRow, shown: unknown): string {
  const first: unknown = Array.isArray(shown) ? shown[0] : shown;
  const position = typeof first === "object" && first !== null && "dataIndex" in first ? Number(first.dataIndex) : -1;
  const timeNs = row.samples.timeNs[position];
  if (timeNs === undefined) return "";
  const value = valueText(row.samples.values[position], row.scale);
  return `${row.label}  ${value}${row.scale.suffix === "" ? "" : ` ${row.scale.suffix}`}\n${row.timeText(timeNs)}`;
}
