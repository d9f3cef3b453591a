// The Metrics pane: one row per series with its value at the playhead.
import type { Locator } from "@playwright/test";
import type { ShownWindow } from "./shown-window.js";

export interface ShownSeries {
  readonly name: string;
  readonly value: string;
  readonly unit: string;
}

export class MetricsPane {
  readonly region: Locator;
  readonly series: Locator;

  constructor(app: ShownWindow) {
    this.region = app.page.getByRole("region", { name: "Metrics" });
    this.series = this.region.locator(".row").filter({ has: app.page.locator(".gutter .name") });
  }

  values(): Promise<readonly ShownSeries[]> {
    return this.series.evaluateAll((rows) =>
      rows.map((row) => ({
        name: row.querySelector(".name")?.textContent.trim() ?? "",
        value: row.querySelector(".value b")?.textContent ?? "",
        unit: row.querySelector(".value .unit")?.textContent ?? "",
      })),
    );
  }
}
