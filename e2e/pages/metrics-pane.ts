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
  readonly marks: Locator;
  readonly legend: Locator;
  readonly compareBefore: Locator;

  constructor(private readonly app: ShownWindow) {
    this.region = app.page.getByRole("region", { name: "Metrics" });
    this.series = this.region.locator(".row").filter({ has: app.page.locator(".gutter .name") });
    this.marks = this.region.locator(".marks .mark");
    this.compareBefore = this.region.getByRole("button", { name: "Compare with the stretch before" });
    this.legend = this.region.locator(".legend");
  }

  row(name: string): Locator {
    return this.series.filter({ has: this.app.page.locator(".name").getByText(name, { exact: true }) });
  }

  names(): Promise<string[]> {
    return this.series.locator(".name").allTextContents();
  }

  /** An item of the menu of a row. */
  async choose(row: string, item: string | RegExp): Promise<void> {
    await this.row(row).hover();
    await this.row(row).getByRole("button", { name: "Options of" }).click();
    await this.app.page
      .getByRole("menuitem", { name: item, ...(typeof item === "string" ? { exact: true } : {}) })
      .first()
      .click();
    await this.app.whenIdle();
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
