// One ECharts canvas with the little of ECharts that a row needs. Whoever makes a chart disposes it.
import { CustomChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

export interface RowChart {
  show(option: EChartsCoreOption): void;
  resize(widthPx: number, heightPx: number): void;
  dispose(): void;
}

export function makeRowChart(element: HTMLElement): RowChart {
  use([CustomChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer]);
  const chart = init(element, null, { renderer: "canvas", width: 1, height: 1 });
  return {
    show: (option) => chart.setOption(option, { lazyUpdate: true, replaceMerge: ["series"] }),
    resize: (width, height) => chart.resize({ width: Math.max(width, 1), height: Math.max(height, 1), silent: true }),
    dispose: () => chart.dispose(),
  };
}
