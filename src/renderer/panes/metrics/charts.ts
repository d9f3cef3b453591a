// ECharts is half of the window's code. It is loaded when the first chart is to be shown and the page has nothing more urgent to
// do, or after a moment.
import type { RowChart } from "./line-chart.js";

export type MakeRowChart = (element: HTMLElement) => RowChart;

const longestWaitMs = 500;

export async function loadCharts(): Promise<MakeRowChart> {
  await new Promise((resolve) => requestIdleCallback(resolve, { timeout: longestWaitMs }));
  return (await import("./line-chart.js")).makeRowChart;
}
